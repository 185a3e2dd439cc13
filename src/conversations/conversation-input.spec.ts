import { describe, expect, it } from '@jest/globals';
import { parseConversation } from './conversation-input.js';

describe(parseConversation.name, () => {
  it.each<[string, unknown, string]>([
    ['a text', 'x', 'body'],
    ['a system text that is none', { system: [] }, 'system'],
    ['one that is too long', { system: 'ä'.repeat(140_000) }, 'system'],
    ['what it does not know', { sytem: 'x' }, 'sytem'],
    ['metadata that is none', { metadata: ['x'] }, 'metadata'],
    ['too much metadata', { metadata: Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`k${index}`, ''])) }, 'metadata'],
    ['a key that is too long', { metadata: { ['k'.repeat(65)]: '' } }, `metadata.${'k'.repeat(60)}…`],
    ['a value that is none', { metadata: { a: null } }, 'metadata.a'],
    ['a value that is too long', { metadata: { a: 'x'.repeat(513) } }, 'metadata.a'],
  ])('refuses %s', (_, body, param) => {
    expect(() => parseConversation(body)).toThrow(expect.objectContaining({ code: 'invalid_parameter', param }));
  });
});
