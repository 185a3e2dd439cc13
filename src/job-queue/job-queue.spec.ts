import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { randomUUID } from 'node:crypto';
import { EmbeddedEngine } from './embedded-engine.js';
import { JobQueue } from './job-queue.js';
import { PgBossEngine } from './pg-boss-engine.js';
import { type Claim, type QueueEngine } from './queue-engine.js';
import { ClaimLost, GivenBack, type Task, type TaskEnd } from './queue-worker.js';
import { silentLog } from '../observability/log.js';
import { DatabaseAwayError } from '../storage/database-away.js';
import { Storage } from '../storage/storage.js';
import { type TestDatabase, testStores } from '../../test/support/databases.js';
import { eventually } from '../../test/support/eventually.js';

const log = pino({ level: 'silent' });
const QUEUE = 'spec';

describe.each(await testStores())('the queues of $name', (store) => {
  let database: TestDatabase;
  let storage: Storage;
  const opened: QueueEngine[] = [];
  const open = async (aheadMs = 0): Promise<QueueEngine> => {
    const { url } = database;
    const engine = url === undefined ? new EmbeddedEngine(storage, () => Date.now() + aheadMs) : await PgBossEngine.open(url, storage, log, 1);
    opened.push(engine);
    return engine;
  };
  beforeEach(async () => {
    database = await store.make();
    storage = await Storage.open(database.url, database.dataDir, log);
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((engine) => engine.close()));
    await storage.onApplicationShutdown();
    await database.remove();
  });

  const add = async (engine: QueueEngine, id: string, priority = 0, delayMs = 0): Promise<string> => {
    await engine.add(QUEUE, { id, priority, delayMs }, storage.db);
    return id;
  };
  const idsOf = (claims: readonly Claim[]): string[] => claims.map(({ id }) => id);

  it('give out by priority, then by age, each entry once, and delayed ones when they are due', async () => {
    const engine = await open();
    const [low, first, second, high] = [await add(engine, randomUUID(), -1), await add(engine, randomUUID()), await add(engine, randomUUID()), await add(engine, randomUUID(), 5)];
    const later = await add(engine, randomUUID(), 9, 600);
    expect(idsOf(await engine.claim(QUEUE, 2))).toEqual([high, first]);
    expect(idsOf(await engine.claim(QUEUE, 9))).toEqual([second, low]);
    expect(await engine.claim(QUEUE, 9)).toEqual([]);
    const claims: Claim[] = [];
    await eventually(async () => claims.push(...(await engine.claim(QUEUE, 9))) > 0, 10_000);
    expect(idsOf(claims)).toEqual([later]);
  });

  it('hold what is added in a transaction once that is through, and once for each id', async () => {
    const engine = await open();
    const id = randomUUID();
    await expect(
      storage.db.transaction().execute(async (db) => {
        await engine.add(QUEUE, { id }, db);
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await engine.claim(QUEUE, 9)).toEqual([]);
    await storage.db.transaction().execute((db) => engine.add(QUEUE, { id }, db));
    await add(engine, id);
    expect(idsOf(await engine.claim(QUEUE, 9))).toEqual([id]);
    expect(await engine.claim(QUEUE, 9)).toEqual([]);
  });

  it('tell of work that failed, but not of a database that is away: it says so itself', async () => {
    const said: unknown[] = [];
    const queue = new JobQueue(await open(), { ...silentLog, error: (...words: unknown[]) => said.push(words[0]) });
    const [away, broken] = [randomUUID(), randomUUID()];
    const seen: string[] = [];
    queue.work({ queue: QUEUE, concurrency: 2 }, ({ id }) => {
      seen.push(id);
      return Promise.reject(id === away ? new DatabaseAwayError(new Error('gone')) : new Error('broken'));
    });
    for (const id of [away, broken]) await storage.db.transaction().execute((db) => queue.add(QUEUE, { id }, db));
    queue.start();
    await eventually(() => seen.length === 2, 10_000);
    await queue.finish(10_000);
    expect(said).toEqual([expect.objectContaining({ entry: broken })]);
  });

  it('forget what is done, give released entries out again, and know who lost a claim', async () => {
    const engine = await open();
    const [done, released, cancelled] = [await add(engine, randomUUID(), 3), await add(engine, randomUUID(), 2), await add(engine, randomUUID(), 1)];
    const claims = await engine.claim(QUEUE, 3);
    expect([...(await engine.renew(QUEUE, claims))].sort()).toEqual([done, released, cancelled].sort());
    await engine.complete(QUEUE, claims[0]!);
    await engine.release(QUEUE, claims[1]!, 0);
    await engine.cancel(QUEUE, cancelled, storage.db);
    expect([...(await engine.renew(QUEUE, claims))]).toEqual([]);
    const again = await engine.claim(QUEUE, 3);
    expect(again).toEqual([expect.objectContaining({ id: released, priority: 2 })]);
    // The claim that was lost settles nothing.
    await engine.complete(QUEUE, claims[1]!);
    await engine.release(QUEUE, claims[2]!, 0);
    expect([...(await engine.renew(QUEUE, again))]).toEqual([released]);
    await add(engine, done);
    expect(idsOf(await engine.claim(QUEUE, 3))).toEqual([done]);
  });

  it('are taken over from an instance that is silent', async () => {
    const dead = await open();
    const id = await add(dead, randomUUID(), 4);
    const [claim] = await dead.claim(QUEUE, 1);
    const living = await open(60_000);
    if (database.url !== undefined) await ageHeartbeats(database.url);
    const claims: Claim[] = [];
    await eventually(async () => claims.push(...(await living.claim(QUEUE, 1))) > 0, 10_000);
    expect(claims).toEqual([expect.objectContaining({ id, priority: 4 })]);
    // Nothing that the other one does counts any more.
    expect([...(await dead.renew(QUEUE, [claim!]))]).toEqual([]);
    await dead.complete(QUEUE, claim!);
    expect([...(await living.renew(QUEUE, claims))]).toEqual([id]);
  });

  it('are worked on: so many at once, again where that fails, and ended where they are cancelled', async () => {
    const queue = new JobQueue(await open(), log);
    const seen: string[] = [];
    let running = 0;
    let most = 0;
    const ends = new Map<string, (end: TaskEnd) => void>();
    let lost: unknown;
    queue.work({ queue: QUEUE, concurrency: 2 }, async ({ id, signal }: Task) => {
      seen.push(id);
      most = Math.max(most, (running += 1));
      try {
        return await new Promise<TaskEnd>((resolve, reject) => {
          ends.set(id, resolve);
          signal.addEventListener('abort', () => {
            reject((lost = signal.reason as Error));
          });
        });
      } finally {
        running -= 1;
      }
    });
    queue.start();
    const [a, b, c] = [randomUUID(), randomUUID(), randomUUID()];
    for (const id of [a, b]) await queue.add(QUEUE, { id }, storage.db);
    queue.nudge(QUEUE);
    await eventually(() => seen.length === 2, 10_000);
    await queue.add(QUEUE, { id: c, priority: 1 }, storage.db);
    queue.nudge(QUEUE);
    ends.get(a)!({ againInMs: 10 });
    await eventually(() => seen.length === 3, 10_000);
    expect(seen).toEqual([a, b, c]);
    await queue.cancel(QUEUE, c, storage.db);
    queue.drop(QUEUE, c);
    await eventually(() => seen.length === 4, 10_000);
    expect([seen[3], lost]).toEqual([a, expect.any(ClaimLost)]);
    ends.get(a)!('done');
    ends.get(b)!('done');
    await queue.finish(10_000);
    expect([most, running, seen.length]).toEqual([2, 0, 4]);
    expect(await opened[0]!.claim(QUEUE, 9)).toEqual([]);
  });

  it('get back at a shutdown what runs on after the grace time', async () => {
    const engine = await open();
    const queue = new JobQueue(engine, log);
    const reasons: unknown[] = [];
    let begun = false;
    queue.work(
      { queue: QUEUE, concurrency: 5 },
      ({ signal }) =>
        new Promise((_, reject) => {
          begun = true;
          signal.addEventListener('abort', () => {
            reasons.push(signal.reason);
            reject(signal.reason as Error);
          });
        }),
    );
    const id = await add(engine, randomUUID());
    queue.start();
    await eventually(() => begun, 10_000);
    await queue.finish(50);
    expect(reasons).toEqual([expect.any(GivenBack)]);
    expect(idsOf(await engine.claim(QUEUE, 1))).toEqual([id]);
  });
});

/** As if a minute had gone by. */
async function ageHeartbeats(url: string): Promise<void> {
  const { Client } = await import('pg');
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`update shellm_jobs.job set heartbeat_on = now() - interval '1 minute'`);
  await client.end();
}
