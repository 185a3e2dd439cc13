import { describe, expect, it } from '@jest/globals';
import { LinePlaces } from './line-places.js';

const never = new AbortController().signal;

describe('the places of requests', () => {
  it('go round between the owners, whoever has more', async () => {
    const places = new LinePlaces(1);
    const said: string[] = [];
    const take = async (owner: string): Promise<void> => {
      const giveBack = await places.take(owner, never);
      said.push(owner);
      await new Promise((resolve) => setImmediate(resolve));
      giveBack();
      giveBack(); // counts once
    };
    await Promise.all([...Array<string>(5).fill('a'), 'b', 'b', 'c'].map(take));
    expect(said.join('')).toBe('aabcabaa');
    await Promise.all([take('a'), take('b')]);
  });

  it('are nothing for those who have left', async () => {
    const places = new LinePlaces(1);
    const giveBack = await places.take('a', never);
    const abort = new AbortController();
    const left = places.take('a', abort.signal);
    const stays = places.take('b', never);
    abort.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    await expect(places.take('a', abort.signal)).rejects.toThrow('left');
    giveBack();
    (await stays)();
    (await places.take('c', never))();
  });
});
