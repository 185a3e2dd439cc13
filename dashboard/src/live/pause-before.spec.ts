import { describe, expect, it } from '@jest/globals';
import { pauseBefore } from './pause-before.ts';

describe(pauseBefore, () => {
  it('grows up to half a minute', () => {
    const pauses = [1, 2, 3, 10, 1000].map((failures) => pauseBefore(failures, 1));
    expect(pauses).toEqual([1000, 2000, 4000, 30_000, 30_000]);
  });

  it('is by chance down to half of that', () => {
    expect(pauseBefore(3, 0)).toBe(2000);
  });
});
