import { describe, expect, it } from '@jest/globals';
import { alone, hasAny, type Series, stacked } from './series.ts';

const failed: Series = { label: 'Failed', color: '--bad', values: [1, null, 2] };
const answered: Series = { label: 'Answered', color: '--accent', values: [5, 3, 0] };

describe(stacked, () => {
  it('puts each on those before it, the highest first', () => {
    expect(stacked([failed, answered]).map(({ label, values }) => [label, values])).toEqual([
      ['Answered', [6, 3, 2]],
      ['Failed', [1, 0, 2]],
    ]);
  });
});

describe(alone, () => {
  it.each([
    [[], []],
    [[3], [0]],
    [
      [null, 0, null, 1, 2, null, 5],
      [1, 6],
    ],
  ])('in %j are those at %j', (values, at) => {
    expect(alone({ values })).toEqual(at);
  });
});

describe(hasAny, () => {
  it('is false of nothing and of zeros', () => {
    expect(hasAny([{ ...failed, values: [null, 0] }])).toBe(false);
    expect(hasAny([failed])).toBe(true);
  });
});
