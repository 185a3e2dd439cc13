import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { randomUUID } from 'node:crypto';
import { jobIdOf } from './job.js';
import { JobStore } from './job-store.js';
import { OwnerTurns } from './owner-turns.js';
import { Storage } from '../../storage/storage.js';
import { type TestDatabase, testStores } from '../../../test/support/databases.js';

const log = pino({ level: 'silent' });

describe.each(await testStores())('the jobs in $name', (stores) => {
  let database: TestDatabase;
  let storage: Storage;
  let now = 1_000_000;
  let store: JobStore;
  beforeAll(async () => {
    database = await stores.make();
    storage = await Storage.open(database.url, database.dataDir, log);
    store = new JobStore(storage, () => (now += 1));
  });
  afterAll(async () => {
    await storage.onApplicationShutdown();
    await database.remove();
  });

  const add = async (owner: string, request = '{}'): Promise<{ id: string; tag: number }> => {
    const { tag } = await store.places(owner);
    const id = jobIdOf(randomUUID());
    await store.insert({ id, owner, request, callbackUrl: 'https://example.com/', tag }, storage.db);
    return { id, tag };
  };
  const end = (id: string, tries: number): Promise<boolean> => store.finish(id, tries, { status: 'succeeded', result: { said: 'é' } }, storage.db);

  it('come in turns of their owners, whoever has how many', async () => {
    const many: { id: string; tag: number }[] = [];
    for (let index = 0; index < 6; index += 1) many.push(await add('many'));
    expect(many.map(({ tag }) => tag)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const { id } of many.slice(0, 3)) await store.begin(id);
    // Not before what comes next, and not behind all that waits.
    const few = [await add('few'), await add('few')];
    expect(few.map(({ tag }) => tag)).toEqual([4, 5]);
    expect(await store.places('many')).toEqual({ own: 6, ownBytes: 12, all: 8, tag: 7 });
    for (const { id } of [...many, ...few]) await store.cancel(id, undefined, storage.db);
    expect(await store.places('many')).toEqual({ own: 0, ownBytes: 0, all: 0, tag: 1 });
  });

  it('are ended by the try that is at them, once, and count as tried until they are given back', async () => {
    const { id } = await add('one', '{"secret": "of the request"}');
    const first = (await store.begin(id))!;
    const second = (await store.begin(id))!;
    expect([first.tries, second.tries]).toEqual([1, 2]);
    expect(await end(id, first.tries)).toBe(false);
    await store.giveBack(id, first);
    expect((await store.find(id, 'one'))?.status).toBe('running');
    await store.giveBack(id, second);
    expect((await store.find(id, 'one'))?.status).toBe('queued');
    expect((await store.begin(id))?.tries).toBe(2);
    expect([await end(id, 2), await end(id, 2), await store.begin(id), await store.cancel(id, 'one', storage.db)]).toEqual([true, false, undefined, false]);
    const row = await storage.db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
    expect([row.request, row.status, row.delivery, row.bytes]).toEqual([null, 'succeeded', 'pending', Buffer.byteLength('{"said":"é"}')]);
    expect([await store.find(id, 'two'), await store.remove(id, 'two', storage.db), await store.remove(id, 'one', storage.db)]).toEqual([undefined, false, true]);
  });

  it('go when they are too old or too many, but for those that are to be made or told', async () => {
    const [waiting, told, pending] = [await add('old'), await add('old'), await add('old')].map(({ id }) => id) as [string, string, string];
    for (const id of [told, pending]) await end(id, (await store.begin(id))!.tries);
    await storage.db.updateTable('jobs').set({ delivery: 'dead' }).where('id', '=', told).execute();
    now += 10_000;
    await store.removeAll([waiting, pending]);
    await store.trim(2);
    await store.removeOlder(5000);
    expect((await store.list('old', {}, { after: undefined, limit: 9 }))?.map(({ id }) => id)).toEqual([pending, waiting]);
  });
});

describe('OwnerTurns', () => {
  it('come one after the other for each owner, whatever becomes of them', async () => {
    const turns = new OwnerTurns();
    const seen: string[] = [];
    const work = (name: string) => async (): Promise<string> => {
      seen.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      seen.push(`${name} ends`);
      if (name === 'a1') throw new Error('no');
      return name;
    };
    const all = await Promise.allSettled([turns.run('a', work('a1')), turns.run('a', work('a2')), turns.run('b', work('b1'))]);
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(seen.filter((word) => word.startsWith('a'))).toEqual(['a1 begins', 'a1 ends', 'a2 begins', 'a2 ends']);
    expect(seen.slice(0, 2)).toEqual(['a1 begins', 'b1 begins']);
  });
});
