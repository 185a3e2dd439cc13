import { describe, expect, it } from '@jest/globals';
import { isClaudeModel } from './models.js';

describe('isClaudeModel', () => {
  it.each([
    ['sonnet', true],
    ['opus[1m]', true],
    ['claude-opus-9', true],
    ['us.anthropic.claude-sonnet-5-5-v1:0', true],
    ['gpt-4o', false],
    ['', false],
    ['claude-x\n', false],
  ])('%j: %s', (name, expected) => {
    expect(isClaudeModel(name)).toBe(expected);
  });
});
