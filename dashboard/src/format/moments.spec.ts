import { describe, expect, it } from '@jest/globals';
import { exactly, relative } from './moments.ts';

describe(relative, () => {
  it.each([
    [0, 'just now'],
    [-4.4, 'just now'],
    [-12, '12 s ago'],
    [-250, '4 min ago'],
    [7300, 'in 2 h'],
    [-86_399, '23 h ago'],
    [200_000, 'in 2 d'],
  ])('says of %d seconds: %s', (seconds, words) => {
    expect(relative(1_000_000_000 + seconds * 1000, 1_000_000_000)).toBe(words);
  });
});

describe(exactly, () => {
  it('has the second', () => {
    expect(exactly(Date.UTC(2026, 0, 2, 3, 4, 5))).toMatch(/:04:05/);
  });
});
