import { describe, expect, it } from '@jest/globals';
import { OwnerBudget } from './owner-budget.js';

describe(OwnerBudget.name, () => {
  it('is shared by what an owner has open, and comes back', () => {
    const budget = new OwnerBudget(10);
    const [one, two, other] = [budget.open('a'), budget.open('a'), budget.open('b')];
    expect([one.take(6), two.take(4), two.take(1), other.take(10)]).toEqual([true, true, false, true]);
    one.release();
    expect([two.take(5), two.take(1)]).toEqual([true, false]);
    two.release();
    two.release();
    expect(two.take(1)).toBe(false);
    expect(budget.open('a').take(10)).toBe(true);
  });
});
