import { describe, expect, it } from '@jest/globals';
import { mask } from './mask.js';

describe(mask.name, () => {
  it.each([
    ['postgres://user:pass-word@db.example/shellm?password=pass-word', 'postgres://user:…@db.example/shellm?…'],
    ['rediss://:pass-word@redis.example:6379/0', 'rediss://:…@redis.example:6379/0'],
    ['{"billing":{"key":"pass-word"},"app":{"key":"pass-word-2"}}', 'keys of billing, app'],
    ['sk-proj-pass-word-0123456789abcd', '…abcd'],
    ['pass-word', '…'],
    ['{"billing":{"key":"pass-word"', '…'],
  ])('shows nothing of the secret in %s', (secret, shown) => {
    expect(mask(secret)).toBe(shown);
    expect(mask(secret)).not.toContain('pass-word');
  });
});
