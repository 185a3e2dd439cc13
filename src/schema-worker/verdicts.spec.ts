import { describe, expect, it } from '@jest/globals';
import { Verdicts } from './verdicts.js';

const right = { fault: undefined, spent: false };

describe(Verdicts.name, () => {
  it('forgets the least used', () => {
    const verdicts = new Verdicts();
    for (let index = 0; index < 256; index++) verdicts.set(`${index}`, right);
    verdicts.get('0');
    verdicts.set('more', right);
    expect(['0', '1', 'more'].map((key) => verdicts.get(key) !== undefined)).toEqual([true, false, true]);
  });

  it('keeps for a minute what ran out of time, and longer what is wrong', () => {
    let now = 0;
    const verdicts = new Verdicts(() => now);
    verdicts.set('slow', { fault: 'slow', spent: true });
    verdicts.set('wrong', { fault: 'wrong', spent: false });
    now = 59_000;
    expect([verdicts.get('slow')?.fault, verdicts.get('wrong')?.fault]).toEqual(['slow', 'wrong']);
    now = 61_000;
    expect([verdicts.get('slow')?.fault, verdicts.get('wrong')?.fault]).toEqual([undefined, 'wrong']);
  });
});
