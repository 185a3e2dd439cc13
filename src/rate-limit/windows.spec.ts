import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { MemoryWindows } from './memory-windows.js';
import { RedisWindows } from './redis-windows.js';
import { type CountedWindow, type Verdict } from './window-verdict.js';
import { type RedisScript } from '../redis/redis-link.js';
import { testRedis } from '../../test/support/redis.js';

const WINDOW = 60_000;
const START = 1_700_000_000_000;

/** What is tested: windows whose clock stands where it is told to. */
type Take = (asked: readonly CountedWindow[], now: number) => Verdict | Promise<Verdict>;

/** The plainest way to say what windows are to do: all times are kept. */
class Model {
  readonly #times = new Map<string, number[]>();

  take(asked: readonly CountedWindow[], now: number): Verdict {
    const inside = ({ key }: CountedWindow): number[] => (this.#times.get(key) ?? []).filter((time) => time > now - WINDOW);
    const counted = asked.every((window) => inside(window).length < window.limit);
    if (counted) for (const { key } of asked) this.#times.set(key, [...(this.#times.get(key) ?? []), now]);
    return {
      counted,
      windows: asked.map((window) => {
        const times = inside(window);
        const leaves = counted ? undefined : times[times.length - window.limit];
        const last = times.at(-1);
        return { used: times.length, freeInMs: leaves === undefined ? 0 : leaves + WINDOW - now, emptyInMs: last === undefined ? 0 : last + WINDOW - now };
      }),
    };
  }
}

const gap = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 25_000 }), fc.constantFrom(WINDOW - 1, WINDOW, WINDOW + 1));
const step = fc.record({ gap, client: fc.constantFrom('a', 'b'), limit: fc.option(fc.integer({ min: 1, max: 6 }), { freq: 8 }) });
const limits = fc.record({ a: fc.integer({ min: 1, max: 6 }), b: fc.integer({ min: 1, max: 6 }), all: fc.integer({ min: 1, max: 9 }) });
const steps = fc.array(step, { maxLength: 80 });

/** @param numRuns of each property. @param fresh windows that nothing is counted in */
async function holds(numRuns: number, fresh: () => Take): Promise<void> {
  await fc.assert(
    fc.asyncProperty(limits, steps, async (limit, taken) => {
      const take = fresh();
      const model = new Model();
      let now = START;
      for (const { gap: pause, client, limit: changed } of taken) {
        now += pause;
        const asked = [
          { key: client, limit: changed ?? limit[client] },
          { key: 'all', limit: limit.all },
        ];
        expect(await take(asked, now)).toEqual(model.take(asked, now));
      }
    }),
    { numRuns },
  );
}

/** Said without the model: no stretch of the window's length holds more than the limit, and whoever waits as long as he was told is served. */
async function neverBursts(numRuns: number, fresh: () => Take): Promise<void> {
  await fc.assert(
    fc.asyncProperty(limits, steps, fc.boolean(), async (limit, taken, obedient) => {
      const take = fresh();
      const served: { readonly key: string; readonly at: number }[] = [];
      let now = START;
      for (const { gap: pause, client } of taken) {
        now += pause;
        const asked = [
          { key: client, limit: limit[client] },
          { key: 'all', limit: limit.all },
        ];
        let verdict = await take(asked, now);
        if (!verdict.counted && obedient) {
          const wait = Math.max(...verdict.windows.map(({ freeInMs }) => freeInMs));
          expect((await take(asked, now + wait - 1)).counted).toBe(false);
          now += wait;
          verdict = await take(asked, now);
          expect(verdict.counted).toBe(true);
        }
        if (verdict.counted) served.push(...asked.map(({ key }) => ({ key, at: now })));
      }
      for (const key of ['a', 'b', 'all'] as const) {
        const times = served.filter((one) => one.key === key).map(({ at }) => at);
        for (const begin of times) expect(times.filter((at) => at >= begin && at < begin + WINDOW).length).toBeLessThanOrEqual(limit[key]);
      }
    }),
    { numRuns },
  );
}

describe(MemoryWindows.name, () => {
  const fresh = (): Take => {
    const windows = new MemoryWindows(WINDOW);
    return (asked, now) => windows.take(asked, now);
  };

  it('does what the model does, to the millisecond', () => holds(300, fresh));
  it('never lets a burst over the limit in, and names the wait exactly', () => neverBursts(300, fresh));

  it('drops a window only when it is empty, and keeps no more than those', () => {
    const windows = new MemoryWindows(WINDOW);
    const one = (key: string): CountedWindow[] => [{ key, limit: 1 }];
    windows.take(one('first'), 0);
    for (let at = 1; at <= 5000; at += 1) windows.take(one(`client ${at}`), at);
    expect(windows.size).toBe(5001);
    expect(windows.take(one('first'), WINDOW - 1).counted).toBe(false);
    expect(windows.take(one('first'), WINDOW).counted).toBe(true);
    expect(windows.size).toBe(5001);
    windows.take(one('another'), 2 * WINDOW - 1);
    expect(windows.size).toBe(5002);
    // All are empty by now but the one before.
    windows.take(one('last'), 2 * WINDOW);
    expect(windows.size).toBe(2);
    expect(windows.take(one('another'), 2 * WINDOW).counted).toBe(false);
  });

  it('counts beyond any width of a number, in one millisecond too', () => {
    const windows = new MemoryWindows(WINDOW);
    const asked = [{ key: 'a', limit: 100_000 }];
    for (let hit = 0; hit < 100_000; hit += 1) windows.take(asked, 7);
    expect(windows.take(asked, 7)).toEqual({ counted: false, windows: [{ used: 100_000, freeInMs: WINDOW, emptyInMs: WINDOW }] });
    for (let at = 8; at < 8 + 3 * WINDOW; at += 1) windows.take(asked, at);
    expect(windows.take(asked, 8 + 3 * WINDOW).windows[0]?.used).toBe(WINDOW);
  });
});

const url = await testRedis();

(url === undefined ? describe.skip : describe)(RedisWindows.name, () => {
  let redis: Redis;
  const kept = new Set<string>();
  beforeAll(() => {
    redis = new Redis(url ?? '');
  });
  afterAll(async () => {
    if (kept.size > 0) await redis.del(...kept);
    redis.disconnect();
  });

  /** The script as it is, but for the clock: the last argument. */
  async function runAt(now: number, { lua }: RedisScript, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown> {
    for (const key of keys) kept.add(key);
    const clock = `local real = redis
local at = table.remove(ARGV)
local redis = { call = function(command, ...) if command == 'TIME' then return { string.sub(at, 1, -4), string.sub(at, -3) .. '000' } end return real.call(command, ...) end }
`;
    return redis.eval(clock + lua, keys.length, ...keys, ...values, now);
  }
  const fresh = (): Take => {
    const prefix = randomUUID();
    return async (asked, now) => {
      const windows = new RedisWindows({ run: (script, keys, values) => runAt(now, script, keys, values) }, WINDOW);
      return (await windows.take(asked.map(({ key, limit }) => ({ key: `${prefix} ${key}`, limit }))))!;
    };
  };

  it('does what the model does, to the millisecond', () => holds(60, fresh));
  it('never lets a burst over the limit in, and names the wait exactly', () => neverBursts(60, fresh));

  it('lets time stand still where its clock is set back, and forgets what is too far ahead', async () => {
    const take = fresh();
    const asked = [{ key: 'a', limit: 2 }];
    await take(asked, START);
    expect(await take(asked, START - 10_000)).toEqual({ counted: true, windows: [{ used: 2, freeInMs: 0, emptyInMs: WINDOW }] });
    expect(await take(asked, START - 20_000)).toEqual({ counted: false, windows: [{ used: 2, freeInMs: WINDOW, emptyInMs: WINDOW }] });
    expect((await take(asked, START - WINDOW - 1)).counted).toBe(true);
  });

  it('drops what is old in one go, however much it is, and leaves nothing behind for good', async () => {
    const take = fresh();
    const before = new Set(kept);
    const asked = [{ key: 'a', limit: 1000 }];
    for (let hit = 0; hit < 450; hit += 1) await take(asked, START + hit);
    expect((await take(asked, START + WINDOW + 400)).windows[0]?.used).toBe(50);
    const [key = ''] = [...kept].filter((name) => !before.has(name));
    expect(await redis.llen(key)).toBe(50);
    expect(await redis.pttl(key)).toBeGreaterThan(0);
  });
});
