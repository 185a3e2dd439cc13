import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type AnswerStore } from './answer-store.js';
import { type KeptAnswer } from './kept-answer.js';
import { MemoryStore } from './memory-store.js';
import { type Making, ResponseCache, type Wanted } from './response-cache.js';
import { silentLog } from '../observability/log.js';
import { RedisLink } from '../redis/redis-link.js';
import { RedisLocks, type SharedLocks } from '../redis/redis-locks.js';
import { type StreamEvent } from '../kernel/stream-event.js';
import { eventually } from '../../test/support/eventually.js';
import { testRedis } from '../../test/support/redis.js';

const events: StreamEvent[] = [
  { type: 'stream-start', id: 'x', model: 'm', warnings: [] },
  { type: 'stream-end', reason: 'stop', usage: { inputTokens: 1, outputTokens: 1 } },
];
const want = (more: Partial<Wanted> = {}): Wanted => ({ key: 'k', owner: 'one', ttlS: 60, signal: new AbortController().signal, timeoutMs: 5000, alone: false, ...more });
const making = async (claim: Promise<KeptAnswer | Making>): Promise<Making> => {
  const found = await claim;
  if (!('keep' in found)) throw new Error('it was kept before');
  return found;
};
const kept = async (claim: Promise<KeptAnswer | Making>): Promise<KeptAnswer> => {
  const found = await claim;
  if ('keep' in found) throw new Error('it was not kept');
  return found;
};

/** A store that fails, or never comes to an end, at whatever is asked of it. */
const broken = (how: 'fails' | 'says nonsense'): AnswerStore => {
  const answer = (): Promise<never> => (how === 'fails' ? Promise.reject(new Error('away')) : (Promise.resolve('{"value": nonsense') as Promise<never>));
  return { get: answer, set: answer, delete: answer, clear: answer };
};

describe(ResponseCache.name, () => {
  let cache: ResponseCache;
  beforeEach(() => {
    cache = new ResponseCache(new MemoryStore(1024 ** 2), undefined);
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('gives what was kept as it was told first', async () => {
    const first = await making(cache.claim(want()));
    first.keep(events);
    expect(await kept(cache.claim(want()))).toMatchObject({ id: first.id, createdAt: first.createdAt, events });
    await new Promise((resolve) => setImmediate(resolve));
    expect(await kept(cache.claim(want()))).toMatchObject({ id: first.id, createdAt: first.createdAt, events });
  });

  it('lets an answer end, and takes none that is older than wanted', async () => {
    jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick', 'setImmediate'] });
    (await making(cache.claim(want({ ttlS: 100 })))).keep(events);
    jest.advanceTimersByTime(50_000);
    await kept(cache.claim(want({ ttlS: 51 })));
    (await making(cache.claim(want({ ttlS: 50 })))).fail();
    jest.advanceTimersByTime(49_999);
    await kept(cache.claim(want({ ttlS: 1000 })));
    jest.advanceTimersByTime(2);
    await making(cache.claim(want({ ttlS: 1000 })));
  });

  it('gives those who wait what is made, the next one a turn where it fails, and two where it is not kept', async () => {
    const first = await making(cache.claim(want()));
    const others = Array.from({ length: 6 }, () => cache.claim(want()));
    first.fail();
    first.keep(events);
    const second = await making(others[0]!);
    second.giveAway();
    const [third, fourth] = [await making(others[1]!), await making(others[2]!)];
    third.keep(events);
    fourth.giveAway();
    expect((await Promise.all(others.slice(3).map(kept))).map(({ id }) => id)).toEqual(Array(3).fill(third.id));
  });

  it('gives the turn of one who leaves while it is found to the next', async () => {
    const abort = new AbortController();
    const first = cache.claim(want({ signal: abort.signal }));
    const second = cache.claim(want());
    abort.abort(new Error('gone'));
    await expect(first).rejects.toThrow('gone');
    await making(second);
  });

  it('lets so many of a client wait, and no more; others are not held up', async () => {
    const first = await making(cache.claim(want()));
    const waiting = Array.from({ length: 500 }, () => cache.claim(want()));
    await expect(cache.claim(want())).rejects.toMatchObject({ code: 'concurrency_limit_exceeded', retryAfter: 1 });
    await making(cache.claim(want({ key: 'other' })));
    const others = cache.claim(want({ owner: 'two' }));
    first.keep(events);
    await Promise.all([...waiting, others].map(kept));
    expect((await kept(cache.claim(want()))).id).toBe(first.id);
  });

  it('gives up a wait that takes too long', async () => {
    await making(cache.claim(want()));
    await expect(cache.claim(want({ timeoutMs: 5 }))).rejects.toMatchObject({ code: 'timeout' });
  });

  it('neither waits for, nor holds up, anybody for a turn that may take hours', async () => {
    const alone = want({ alone: true });
    const [one, other] = [await making(cache.claim(alone)), await making(cache.claim(alone))];
    const foreground = await making(cache.claim(want()));
    one.fail();
    other.keep(events);
    expect((await kept(cache.claim(alone))).id).toBe(other.id);
    foreground.giveAway();
    expect((await kept(cache.claim(want()))).id).toBe(other.id);
  });

  it.each(['fails', 'says nonsense'] as const)('does without a store that %s; who waits gets the answer all the same', async (how) => {
    cache = new ResponseCache(broken(how), undefined);
    const first = await making(cache.claim(want()));
    const second = cache.claim(want());
    first.keep(events);
    expect((await kept(second)).id).toBe(first.id);
    await new Promise((resolve) => setImmediate(resolve));
    await making(cache.claim(want()));
  });
});

const url = await testRedis();

(url === undefined ? describe.skip : describe)('two response caches with one store and locks in Redis', () => {
  let link: RedisLink;
  let other: RedisLink;
  let caches: [ResponseCache, ResponseCache];
  let locks: [RedisLocks, RedisLocks];
  let key: string;
  beforeEach(async () => {
    [link, other] = [await RedisLink.open(url, silentLog), await RedisLink.open(url, silentLog)];
    const store = new MemoryStore(1024 ** 2);
    locks = [new RedisLocks(link, 'test:{cache}:making', 1500), new RedisLocks(other, 'test:{cache}:making', 1500)];
    caches = [new ResponseCache(store, locks[0]), new ResponseCache(store, locks[1])];
    key = randomUUID();
  });
  afterEach(async () => {
    for (const each of locks) each.onApplicationShutdown();
    await Promise.all([link.onApplicationShutdown(), other.onApplicationShutdown()]);
  });

  it('make it once, for all who wait on either', async () => {
    const first = await making(caches[0].claim(want({ key })));
    const waiting = [caches[1], caches[1], caches[0]].map((cache) => cache.claim(want({ key })));
    // Longer than a lease: it is renewed.
    await new Promise((resolve) => setTimeout(resolve, 1700));
    first.keep(events);
    expect((await Promise.all(waiting.map(kept))).map(({ id }) => id)).toEqual(Array(3).fill(first.id));
  });

  it('go on where the first fails, and where its instance is gone', async () => {
    const first = await making(caches[0].claim(want({ key })));
    const second = caches[1].claim(want({ key }));
    first.fail();
    await making(second);
    // Killed: nobody renews its lock.
    locks[1].onApplicationShutdown();
    await making(caches[0].claim(want({ key })));
  });

  it('give up a wait for the other one', async () => {
    await making(caches[0].claim(want({ key })));
    const abort = new AbortController();
    const leaving = caches[1].claim(want({ key, signal: abort.signal }));
    const next = caches[1].claim(want({ key, timeoutMs: 400 }));
    setTimeout(() => {
      abort.abort(new Error('gone'));
    }, 100);
    await expect(leaving).rejects.toThrow('gone');
    await expect(next).rejects.toMatchObject({ code: 'timeout' });
  });

  it('make it without a lock where Redis is away', async () => {
    const away = await RedisLink.open('redis://127.0.0.1:1', silentLog);
    const alone: SharedLocks = new RedisLocks(away, 'test');
    const cache = new ResponseCache(new MemoryStore(1024 ** 2), alone);
    (await making(cache.claim(want({ key })))).keep(events);
    await eventually(async () => !('keep' in (await cache.claim(want({ key })))));
    await away.onApplicationShutdown();
  });
});
