import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ResponseStore } from './response-store.js';
import { nothingSaid } from './stored-response.js';
import { silentLog } from '../observability/log.js';
import { Storage } from '../storage/storage.js';
import { testStores, type TestDatabase } from '../../test/support/databases.js';

describe.each(await testStores())('the answers in a database, in $name', (kind) => {
  let at: TestDatabase;
  let storage: Storage;
  let store: ResponseStore;
  beforeEach(async () => {
    at = await kind.make();
    storage = await Storage.open(at.url, at.dataDir, silentLog);
    store = new ResponseStore(storage, 'i', () => Date.now());
  });
  afterEach(async () => {
    await storage.onApplicationShutdown();
    await at.remove();
  });
  const save = (id: string): Promise<unknown> => store.insert('a', { body: { id, object: 'response', status: 'in_progress', output: [] }, input: [], conversation: nothingSaid });

  it('writes an event once, and nothing of an answer that is gone', async () => {
    await save('w1');
    const told = [0, 1].map((sequence) => ({ sequence, type: 'e', json: `{"type":"e","sequence_number":${sequence}}` }));
    await store.append('w1', told.slice(0, 1));
    await store.append('w1', told);
    expect((await store.news('w1', 'a', -1))?.events).toEqual(told);
    await expect(store.append('w2', told)).resolves.toBeUndefined();
  });

  it('reads the type of an event wherever it stands', async () => {
    await save('t1');
    await storage.db.insertInto('response_events').values({ response_id: 't1', sequence: 0, event: '{"sequence_number":0,"type":"e"}' }).execute();
    expect(await store.news('t1', 'a', -1)).toEqual({ status: 'in_progress', events: [{ sequence: 0, type: 'e', json: '{"sequence_number":0,"type":"e"}' }] });
    expect([await store.news('t1', 'a', 0), await store.news('t1', 'b', -1)]).toEqual([{ status: 'in_progress', events: [] }, undefined]);
  });

  it('keeps so many an owner: the oldest go', async () => {
    const rows = Array.from({ length: 1000 }, (_, index) => ({
      ...{ id: `s${index}`, owner: 'many', status: 'completed', body: '{}', input: '[]', messages: '{}', instance: 'i' },
      ...{ created_at: index, seen_at: index },
    }));
    await storage.db.insertInto('responses').values(rows).execute();
    await save('other');
    await store.trim(500);
    const kept = await storage.db.selectFrom('responses').select('id').orderBy('created_at').execute();
    expect(kept.map(({ id }) => id)).toEqual([...rows.slice(500).map(({ id }) => id), 'other']);
  });

  it('lets others come between when there is much to forget', async () => {
    await save('m1');
    for (let from = 0; from < 15_000; from += 3000) {
      const rows = Array.from({ length: 3000 }, (_, index) => ({ response_id: 'm1', sequence: from + index, event: '{}' }));
      await storage.db.insertInto('response_events').values(rows).execute();
    }
    let turns = 0;
    let done = false;
    const count = (): void => {
      turns += 1;
      if (!done) setImmediate(count);
    };
    setImmediate(count);
    await store.removeOlder(-1);
    done = true;
    expect(turns).toBeGreaterThanOrEqual(3);
    expect(await store.exists('m1', 'a')).toBe(false);
    expect(await storage.db.selectFrom('response_events').selectAll().execute()).toEqual([]);
  });
});
