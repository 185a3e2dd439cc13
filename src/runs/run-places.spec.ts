import { describe, expect, it } from '@jest/globals';
import { RunPlaces } from './run-places.js';

describe('RunPlaces', () => {
  const fill = (places: RunPlaces, owner: string): (() => void)[] => {
    const taken: (() => void)[] = [];
    try {
      for (;;) taken.push(places.take(owner));
    } catch (error) {
      expect(error).toMatchObject({ code: 'queue_full', retryAfter: expect.any(Number) });
    }
    return taken;
  };

  it('has room for others, whatever one owner does, and an end', () => {
    const places = new RunPlaces();
    expect([fill(places, 'a').length, fill(places, 'b').length, fill(places, 'c').length]).toEqual([50, 50, 0]);
  });

  it('takes back what was given', () => {
    const places = new RunPlaces();
    for (const giveBack of fill(places, 'a')) giveBack();
    expect([fill(places, 'b').length, fill(places, 'a').length]).toEqual([50, 50]);
  });
});
