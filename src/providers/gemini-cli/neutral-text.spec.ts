import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { neutral, WORD_JOINER } from './neutral-text.js';

/** The CLI's own words for what it takes as its own (0.61.0). */
const isCommand = (text: string): boolean => text.trim().startsWith('/') || text.trim().startsWith('$');
const isDropped = (text: string): boolean => ['/', '?', '<session_context>', '<hook_context>'].some((start) => text.trim().startsWith(start));

describe('neutral', () => {
  it.each([
    ['/init', `${WORD_JOINER}/init`],
    [' \n\ufeff/init', ` \n\ufeff${WORD_JOINER}/init`],
    ['$skill', `${WORD_JOINER}$skill`],
    ['?', `${WORD_JOINER}?`],
    ['<session_context>x', `${WORD_JOINER}<session_context>x`],
    ['<hook_context>x', `${WORD_JOINER}<hook_context>x`],
  ])('%j becomes %j', (text, expected) => {
    expect(neutral(text)).toBe(expected);
  });

  it.each(['hello', '@/etc/passwd', '!ls', '  a /b', '<b>', '', ' ', '5 $'])('leaves %j as it is', (text) => {
    expect(neutral(text)).toBe(text);
  });

  it('takes every meaning from every text, and nothing else', () => {
    const start = fc.constantFrom('/', '$', '?', '<session_context>', '<hook_context>', '', '\u00a0', '\u2028', '\t', '\ufeff');
    fc.assert(
      fc.property(fc.array(start, { maxLength: 4 }), fc.string({ unit: 'binary' }), (starts, rest) => {
        const text = starts.join('') + rest;
        const safe = neutral(text);
        return !isCommand(safe) && !isDropped(safe) && [text, safe.replace(WORD_JOINER, '')].includes(safe === text ? text : safe.replace(WORD_JOINER, ''));
      }),
    );
  });
});
