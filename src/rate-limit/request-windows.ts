import { type ThrottlerStorage } from '@nestjs/throttler';
import { MemoryWindows } from './memory-windows.js';
import { RedisWindows } from './redis-windows.js';
import { type CountedWindow, type Verdict } from './window-verdict.js';
import { type RedisLink } from '../redis/redis-link.js';

type HitRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/** Every window is a minute long. */
export const WINDOW_MS = 60_000;

/**
 * The throttler's storage: true sliding windows, in Redis where there is one, so that many instances keep one limit; else in memory. What Redis lets in is noted
 * in memory too: while Redis is away this instance goes on from what it has let in itself. A request that is refused counts nowhere.
 */
export class RequestWindows implements ThrottlerStorage {
  readonly #own = new MemoryWindows(WINDOW_MS);
  readonly #shared: RedisWindows;

  constructor(private readonly redis: RedisLink) {
    this.#shared = new RedisWindows(redis, WINDOW_MS);
  }

  /** Counts a request in all of its windows, or in none. No promise where there is nobody to ask. Never rejects. */
  take(asked: readonly CountedWindow[]): Verdict | Promise<Verdict> {
    return this.redis.usable ? this.#takeShared(asked) : this.#own.take(asked, clock());
  }

  /** What a request would be told that is refused, by what this instance has let in itself; undefined where there is room. Counts nothing. */
  refusal(asked: readonly CountedWindow[]): Verdict | undefined {
    return this.#own.refusal(asked, clock());
  }

  /** One window, as the throttler asks for it; times in the record are whole seconds. */
  async increment(key: string, _ttl: number, limit: number): Promise<HitRecord> {
    const { counted, windows } = await this.take([{ key, limit }]);
    const { used, freeInMs, emptyInMs } = windows[0] ?? { used: 0, freeInMs: 0, emptyInMs: 0 };
    return { totalHits: used, timeToExpire: secondsOf(emptyInMs), isBlocked: !counted, timeToBlockExpire: secondsOf(freeInMs) };
  }

  async #takeShared(asked: readonly CountedWindow[]): Promise<Verdict> {
    const verdict = await this.#shared.take(asked);
    if (!verdict) return this.#own.take(asked, clock());
    if (verdict.counted) this.#own.note(asked, clock());
    return verdict;
  }
}

/** What a client is told to wait, so that it does not come too early. */
export function secondsOf(ms: number): number {
  return Math.ceil(ms / 1000);
}

function clock(): number {
  return Math.floor(performance.now());
}
