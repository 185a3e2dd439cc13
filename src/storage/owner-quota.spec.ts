import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OwnerQuota } from './owner-quota.js';
import { Storage } from './storage.js';
import { silentLog } from '../observability/log.js';
import { testStores, type TestDatabase } from '../../test/support/databases.js';

describe.each(await testStores())('what owners may keep in $name', (store) => {
  let at: TestDatabase;
  let storage: Storage;
  beforeEach(async () => {
    at = await store.make();
    storage = await Storage.open(at.url, at.dataDir, silentLog);
  });
  afterEach(async () => {
    await storage.onApplicationShutdown();
    await at.remove();
  });

  it('is counted in bytes, from the newest on', async () => {
    const row = (owner: string, id: string, used: number, text: string) => ({ id, owner, system: '[]', messages: text, created_at: 1, used_at: used });
    const rows = [
      row('a', 'old', 1, 'x'.repeat(98)),
      row('a', 'older', 0, 'x'),
      row('a', 'newest', 3, 'é'.repeat(49)),
      row('a', 'new', 2, 'x'.repeat(98)),
      row('b', 'b1', 1, 'x'.repeat(300)),
    ];
    await storage.db.insertInto('sessions').values(rows).execute();
    const quota = new OwnerQuota(storage, 'sessions', 300);
    expect(await quota.exceeded()).toEqual(expect.arrayContaining(['a', 'b']));
    expect([await quota.surplus('a'), await quota.surplus('b'), await quota.surplus('c')]).toEqual([['older'], ['b1'], []]);
    expect(await new OwnerQuota(storage, 'sessions', 303).exceeded()).toEqual([]);
    await storage.db
      .updateTable('sessions')
      .set({ messages: 'x'.repeat(198) })
      .where('id', '=', 'newest')
      .execute();
    expect(await quota.surplus('a')).toEqual(['old', 'older']);
  });

  it('is looked at when a part of it was written', () => {
    const quota = new OwnerQuota(storage, 'sessions', 800);
    expect([quota.wrote('a', 60), quota.wrote('b', 60), quota.wrote('a', 50), quota.wrote('a', 60)]).toEqual([false, false, true, false]);
  });
});
