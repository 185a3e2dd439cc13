import { Injectable } from '@nestjs/common';
import { type ThrottlerStorage } from '@nestjs/throttler';
import { SlidingWindow } from './sliding-window.js';

type HitRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/** Windows beyond this number are dropped, the oldest first: keys are clients, so this is a bound on a mistake. */
const MAX_WINDOWS = 2_000;

/** The throttler's storage in memory: a true sliding window a key. A refused hit is not counted. Times in the record are whole seconds. */
@Injectable()
export class SlidingWindowStorage implements ThrottlerStorage {
  readonly #windows = new Map<string, SlidingWindow>();

  increment(key: string, ttl: number, limit: number): Promise<HitRecord> {
    return Promise.resolve(this.hit(key, ttl, limit, performance.now()));
  }

  hit(key: string, windowMs: number, limit: number, now: number): HitRecord {
    const window = this.#windowOf(key, windowMs);
    const before = window.count(now);
    const isBlocked = before >= limit;
    if (!isBlocked) window.hit(now);
    // A counted hit is the newest there is, and leaves last.
    const reset = Math.ceil((isBlocked ? window.msUntilFree(now, before) : windowMs) / 1000);
    const retry = isBlocked ? Math.max(1, Math.ceil(window.msUntilFree(now, before - limit + 1) / 1000)) : 0;
    return { totalHits: isBlocked ? before : before + 1, timeToExpire: reset, isBlocked, timeToBlockExpire: retry };
  }

  #windowOf(key: string, windowMs: number): SlidingWindow {
    let window = this.#windows.get(key);
    if (!window) {
      window = new SlidingWindow(windowMs);
      this.#windows.set(key, window);
      const [oldest] = this.#windows.keys();
      if (this.#windows.size > MAX_WINDOWS && oldest !== undefined) this.#windows.delete(oldest);
    }
    return window;
  }
}
