import { describe, expect, it } from '@jest/globals';
import { bucketLabel, timeLabels } from './axis.ts';

const at = (hours: number, minutes = 0, seconds = 0) => new Date(2026, 4, 10, hours, minutes, seconds).getTime() / 1000;

describe(timeLabels, () => {
  it('are hours, and the day where it begins', () => {
    const [evening, midnight] = timeLabels([at(21), at(24)], 10_800);
    expect(evening).toMatch(/^21\D00$/);
    expect(midnight).toMatch(/11/);
  });

  it('are days where the step is one, seconds where it is short', () => {
    expect(timeLabels([at(12)], 86_400)[0]).toMatch(/10/);
    expect(timeLabels([at(12, 5, 7)], 10)[0]).toMatch(/05\D07$/);
  });
});

describe(bucketLabel, () => {
  it.each([
    [1, /^12\D05\D07$/],
    [3600, /10.*12\D05$/],
    [86_400, /^\D*10\D*$/],
  ])('of %d seconds', (length, words) => {
    expect(bucketLabel(at(12, 5, 7), length)).toMatch(words);
  });
});
