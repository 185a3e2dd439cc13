import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { type AnswerStore, sizeOfEntry } from './answer-store.js';
import { DatabaseStore } from './database-store.js';
import { MemoryStore } from './memory-store.js';
import { RedisStore } from './redis-store.js';
import { type Log, silentLog } from '../observability/log.js';
import { RedisLink } from '../redis/redis-link.js';
import { Storage } from '../storage/storage.js';
import { testStores, type TestDatabase } from '../../test/support/databases.js';
import { eventually } from '../../test/support/eventually.js';
import { testRedis } from '../../test/support/redis.js';

const MAX = 64 * 1024;
const text = (size: number): string => 'x'.repeat(size - sizeOfEntry(''));

interface Backend {
  readonly name: string;
  readonly start: () => Promise<Started>;
}

interface Started {
  /** An empty store. */
  readonly open: () => Promise<Opened>;
  readonly stop: () => Promise<void>;
}

interface Opened {
  readonly store: AnswerStore;
  /** Another instance's. */
  readonly other: AnswerStore;
  /** What all entries take, as they are in the backend. */
  readonly taken: () => Promise<number>;
}

const memory: Backend = {
  name: 'memory',
  start: () =>
    Promise.resolve({
      open: () => {
        const store = new MemoryStore(MAX);
        return Promise.resolve({ store, other: store, taken: () => Promise.resolve(store.size) });
      },
      stop: () => Promise.resolve(),
    }),
};

const databases: Backend[] = (await testStores()).map((kind) => ({
  name: kind.name,
  start: async () => {
    const database: TestDatabase = await kind.make();
    const storage = await Storage.open(database.url, database.dataDir, silentLog);
    return {
      open: async () => {
        const open = (): DatabaseStore => new DatabaseStore(storage, MAX, silentLog);
        const store = open();
        await store.clear();
        return {
          store,
          other: open(),
          taken: async () => {
            const rows = await storage.db.selectFrom('cached_answers').select(['answer', 'bytes']).execute();
            expect(rows.every(({ answer, bytes }) => bytes === sizeOfEntry(answer))).toBe(true);
            return rows.reduce((sum, { bytes }) => sum + bytes, 0);
          },
        };
      },
      stop: async () => {
        await storage.onApplicationShutdown();
        await database.remove();
      },
    };
  },
}));

const startRedis = async (url: string): Promise<Started> => {
  const all = `shellm:{test-${randomUUID()}}:`;
  const link = await RedisLink.open(url, silentLog);
  const client = new Redis(url);
  return {
    open: () => {
      const prefix = `${all}${randomUUID()}:`;
      return Promise.resolve({
        store: new RedisStore(link, MAX, prefix),
        other: new RedisStore(link, MAX, prefix),
        taken: async () => {
          const entries = await client.keys(`${prefix}answer:*`);
          const sizes = await Promise.all(entries.map(async (key) => sizeOfEntry((await client.get(key)) ?? '')));
          const sum = sizes.reduce((total, size) => total + size, 0);
          expect(Number((await client.hget(`${prefix}sizes`, '#')) ?? 0)).toBe(sum);
          return sum;
        },
      });
    },
    stop: async () => {
      const keys = await client.keys(`${all}*`);
      if (keys.length > 0) await client.del(...keys);
      client.disconnect();
      await link.onApplicationShutdown();
    },
  };
};

const url = await testRedis();
const redis: Backend[] = url === undefined ? [] : [{ name: 'Redis', start: () => startRedis(url) }];

describe.each([memory, ...databases, ...redis])('answers in $name', (backend) => {
  let started: Started;
  let opened: Opened;
  let store: AnswerStore;
  beforeAll(async () => {
    started = await backend.start();
  });
  beforeEach(async () => {
    opened = await started.open();
    ({ store } = opened);
  });
  afterAll(() => started.stop());

  it('are there for every instance, are replaced, and go', async () => {
    const odd = 'a\u2028 "quoted" 👩‍👩‍👧 \\u0000';
    expect(await store.get('k')).toBeUndefined();
    expect(await store.set('k', 'one', 60_000)).toBe(true);
    expect(await store.set('k', odd, 60_000)).toBe(true);
    expect([await store.get('k'), await opened.other.get('k'), await store.get('other')]).toEqual([odd, odd, undefined]);
    expect([await store.delete('k'), await store.delete('k'), await store.get('k'), await opened.taken()]).toEqual([true, false, undefined, 0]);
  });

  it('end, and leave their room', async () => {
    await store.set('short', text(MAX / 2), 30);
    await store.set('long', text(MAX / 4), 60_000);
    await eventually(async () => (await store.get('short')) === undefined);
    await store.cleanUp?.();
    for (const name of ['a', 'b', 'c']) expect(await store.set(name, text(MAX / 4 - 8), 60_000)).toBe(true);
    expect(await Promise.all(['long', 'a', 'b', 'c'].map(async (name) => (await store.get(name)) !== undefined))).toEqual([true, true, true, true]);
  });

  it('never take more than they may, whoever writes them', async () => {
    for (let round = 0; round < 6; round += 1) {
      await Promise.all(Array.from({ length: 50 }, (_, index) => store.set(`${round}-${index}`, text(600 + 31 * index), 60_000)));
      expect(await opened.taken()).toBeLessThanOrEqual(MAX);
    }
    expect(await opened.taken()).toBeGreaterThan(MAX / 2);
    expect(await store.get('5-49')).toBeDefined();
    expect(await store.get('0-0')).toBeUndefined();
  });

  it('are not driven out by one that is replaced again and again', async () => {
    await store.set('kept', text(1000), 60_000);
    for (let time = 0; time < 20; time += 1) await store.set('again', text(MAX / 4), 60_000);
    expect([(await store.get('kept')) !== undefined, await opened.taken()]).toEqual([true, 1000 + MAX / 4]);
  });

  it('are not kept where there can be no room for them', async () => {
    await store.set('kept', text(1000), 60_000);
    expect(await store.set('huge', text(MAX + 1), 60_000)).toBe(false);
    expect([await store.get('huge'), (await store.get('kept')) !== undefined]).toEqual([undefined, true]);
  });
});

describe.each([memory, ...redis])('answers in $name', (backend) => {
  it('that were used last stay', async () => {
    const started = await backend.start();
    const { store } = await started.open();
    for (let index = 0; index < 8; index += 1) {
      await store.set(`${index}`, text(MAX / 8), 60_000);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await store.get('0');
    await store.set('more', text(MAX / 8), 60_000);
    expect([(await store.get('0')) !== undefined, await store.get('1')]).toEqual([true, undefined]);
    await started.stop();
  });
});

(url === undefined ? describe.skip : describe)('the index of the answers in Redis', () => {
  it.each(['used', 'sizes', 'ends'])('is begun anew where Redis threw "%s" away', async (part) => {
    const prefix = `shellm:{test-${randomUUID()}}:`;
    const link = await RedisLink.open(url, silentLog);
    const client = new Redis(url ?? '');
    const store = new RedisStore(link, MAX, prefix);
    for (let index = 0; index < 4; index += 1) await store.set(`${index}`, text(MAX / 4), 60_000);
    await client.del(`${prefix}${part}`);
    expect(await store.set('new', text(MAX / 4), 60_000)).toBe(true);
    expect([(await client.keys(`${prefix}answer:*`)).length, await client.hget(`${prefix}sizes`, '#')]).toEqual([1, `${MAX / 4}`]);
    // Nothing is left behind when all have ended.
    for (const key of await client.keys(`${prefix}*`)) expect(await client.pttl(key)).toBeGreaterThan(0);
    await client.del(...(await client.keys(`${prefix}*`)));
    client.disconnect();
    await link.onApplicationShutdown();
  });
});

describe('answers in a database that is away', () => {
  let database: TestDatabase;
  let storage: Storage;
  const warn = jest.fn<Log['warn']>();
  beforeAll(async () => {
    const [sqlite] = await testStores();
    database = await sqlite!.make();
    storage = await Storage.open(database.url, database.dataDir, silentLog);
  });
  afterAll(() => database.remove());

  it('are not there; that is told once', async () => {
    const store = new DatabaseStore(storage, MAX, { ...silentLog, warn });
    await store.set('k', 'text', 60_000);
    await storage.onApplicationShutdown();
    expect([await store.get('k'), await store.set('k', 'x', 60_000), await store.delete('k')]).toEqual([undefined, false, false]);
    await store.cleanUp();
    expect(warn).toHaveBeenCalledTimes(1);
  });
});
