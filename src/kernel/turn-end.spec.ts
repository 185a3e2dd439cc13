import { describe, expect, it } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { TurnEnd } from './turn-end.js';

describe(TurnEnd.name, () => {
  it('acts on what a turn has brought at its end, in order; on what comes meanwhile at the next', async () => {
    const acted: string[] = [];
    const end = new TurnEnd<string>((each) => {
      acted.push(each);
      if (each === 'b') end.add('later');
    });
    end.add('a');
    await Promise.resolve();
    end.add('b');
    expect(acted).toEqual([]);
    await nextTurn();
    expect(acted).toEqual(['a', 'b']);
    await nextTurn();
    expect(acted).toEqual(['a', 'b', 'later']);
  });
});
