import { describe, expect, it } from '@jest/globals';
import { sorted, type Sortable } from './sorted.ts';

describe(sorted, () => {
  const inOrder = (values: readonly Sortable[], direction: 'ascending' | 'descending') => sorted(values, (value) => value, direction);

  it('sorts numbers as numbers and names as people do', () => {
    expect(inOrder([10, 9, 100], 'ascending')).toEqual([9, 10, 100]);
    expect(inOrder(['model-10', 'model-9', 'Alpha'], 'ascending')).toEqual(['Alpha', 'model-9', 'model-10']);
  });

  it.each(['ascending', 'descending'] as const)('puts what has no value last, %s', (direction) => {
    expect(inOrder([null, 2, undefined, 1], direction).slice(2)).toEqual(expect.arrayContaining([null, undefined]));
  });
});
