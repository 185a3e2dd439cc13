import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SlidingWindow } from './sliding-window.js';
import { SlidingWindowStorage } from './sliding-window-storage.js';

describe('SlidingWindow', () => {
  it('never lets more than the limit into any window, and lets a hit in where every window has room', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 30_000, noNaN: true }), { maxLength: 120 }), fc.integer({ min: 1, max: 8 }), (gaps, limit) => {
        const storage = new SlidingWindowStorage();
        const taken: number[] = [];
        let now = 12_345;
        for (const gap of gaps) {
          now += gap;
          const { isBlocked } = storage.hit('a', 60_000, limit, now);
          const inside = taken.filter((at) => now - at < 60_000).length;
          const maybe = taken.filter((at) => now - at < 60_011).length;
          if (inside >= limit) expect(isBlocked).toBe(true);
          if (maybe < limit) expect(isBlocked).toBe(false);
          if (!isBlocked) taken.push(now);
        }
      }),
    );
  });

  it('says when a refused hit can be tried again, to the second', () => {
    const storage = new SlidingWindowStorage();
    for (const now of [1_000, 5_000, 9_000]) storage.hit('a', 60_000, 3, now);
    expect(storage.hit('a', 60_000, 3, 11_000)).toEqual({ totalHits: 3, isBlocked: true, timeToBlockExpire: 51, timeToExpire: 59 });
    expect(storage.hit('a', 60_000, 3, 60_900).isBlocked).toBe(true);
    expect(storage.hit('a', 60_000, 3, 61_020)).toMatchObject({ isBlocked: false, totalHits: 3 });
  });

  it('counts each key alone and forgets a window after a long silence', () => {
    const storage = new SlidingWindowStorage();
    storage.hit('a', 60_000, 1, 0);
    expect(storage.hit('b', 60_000, 1, 1).isBlocked).toBe(false);
    expect(storage.hit('a', 60_000, 1, 2).isBlocked).toBe(true);
    expect(storage.hit('a', 60_000, 1, 1_000_000).isBlocked).toBe(false);
    const window = new SlidingWindow(60_000);
    window.hit(10);
    expect(window.msUntilFree(20, 5)).toBe(60_000);
    expect(window.msUntilFree(500_000, 5)).toBe(0);
  });
});
