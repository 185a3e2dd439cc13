import { describe, expect, it } from '@jest/globals';
import { costOf, nameOf, tokensOf } from './usage-row.js';

describe('what the ledger can hold', () => {
  it.each([
    [undefined, 0],
    [-1, 0],
    [Number.NaN, 0],
    [1.4, 1],
    [Infinity, 1e9],
  ])('%p tokens are %p', (count, expected) => {
    expect(tokensOf(count)).toBe(expected);
  });

  it.each([
    [-5, 0],
    [0.6, 1],
    [1e300, 1e14],
  ])('%p billionths of a dollar are %p', (nanos, expected) => {
    expect(costOf(nanos)).toBe(expected);
  });

  it.each([
    ['gpt-4o', 'gpt-4o'],
    ['通义千问', '通义千问'],
    ['a\0b\nc', 'a?b?c'],
    ['\ud800', '\ufffd'],
    ['x'.repeat(300), 'x'.repeat(200)],
    [`${'x'.repeat(199)}😀`, `${'x'.repeat(199)}\ufffd`],
  ])('a name %j is %j', (text, expected) => {
    expect(nameOf(text)).toBe(expected);
    expect(nameOf(nameOf(text))).toBe(expected);
  });
});
