import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BatchResults } from './batch-results.js';
import { BatchStore, type NewBatch } from './batch-store.js';
import { silentLog } from '../../observability/log.js';
import { Storage } from '../../storage/storage.js';
import { testStores, type TestDatabase } from '../../../test/support/databases.js';

const noFiles = { errors: null, outputFileId: null, errorFileId: null };

describe.each(await testStores())('batches in a database, in $name', (kind) => {
  let at: TestDatabase;
  let storage: Storage;
  let store: BatchStore;
  let results: BatchResults;
  let now: number;
  beforeEach(async () => {
    at = await kind.make();
    storage = await Storage.open(at.url, at.dataDir, silentLog);
    now = 1000;
    store = new BatchStore(storage, () => now);
    results = new BatchResults(storage);
  });
  afterEach(async () => {
    await storage.onApplicationShutdown();
    await at.remove();
  });
  const insert = (id: string, more: Partial<NewBatch> = {}): Promise<void> =>
    store.insert(
      { ...{ id, owner: 'a', endpoint: '/v1/embeddings', inputFileId: 'file-1', outputTtlS: null, metadata: null, createdAt: now, expiresAt: now + 10 }, ...more },
      storage.db,
    );
  const texts = async (id: string, succeeded: boolean): Promise<string> => {
    let text = '';
    for await (const piece of results.texts(id, succeeded)) text += piece;
    return text;
  };

  it('go from state to state, and do not change once they are over', async () => {
    await insert('batch_1', { metadata: { a: 'ä' }, outputTtlS: 3600 });
    now = 2000;
    expect(await store.move('batch_1', ['validating'], 'in_progress', { total: 7 })).toBe(true);
    expect(await store.move('batch_1', ['validating'], 'in_progress', { total: 8 })).toBe(false);
    expect(await store.find('batch_1')).toMatchObject({
      status: 'in_progress',
      counts: { total: 7, completed: 0, failed: 0 },
      metadata: { a: 'ä' },
      outputTtlS: 3600,
      since: { in_progress: 2000, completed: null },
    });
    now = 3000;
    expect(await store.end('batch_1', 'failed', { ...noFiles, errors: [{ code: 'x', message: 'y', param: null, line: 3 }] }, storage.db)).toBe(true);
    for (const change of [store.move('batch_1', ['validating', 'in_progress'], 'cancelling'), store.end('batch_1', 'completed', noFiles, storage.db)])
      expect(await change).toBe(false);
    expect(await store.find('batch_1', 'a')).toMatchObject({ status: 'failed', errors: [{ code: 'x', line: 3 }], since: { failed: 3000, cancelling: null } });
    for (const [id, owner] of [
      ['batch_1', 'b'],
      ['batch_2', 'a'],
      ["batch_'\0", 'a'],
      ['', 'a'],
    ] as const)
      expect(await store.find(id, owner)).toBeUndefined();
  });

  it('have one result a line, whoever comes first', async () => {
    await insert('batch_1');
    await Promise.all([
      results.add('batch_1', [{ line: 2, succeeded: true, text: 'two\n' }]),
      results.add('batch_1', [{ line: 1, succeeded: false, text: 'öne\n' }]),
      results.add('batch_1', [{ line: 4, succeeded: true, text: 'four\n' }]),
    ]);
    await results.add('batch_1', [
      { line: 2, succeeded: false, text: 'late\n' },
      { line: 3, succeeded: true, text: 'three\n' },
    ]);
    await results.add('batch_gone', [{ line: 1, succeeded: true, text: 'x' }]);
    expect(await store.find('batch_1')).toMatchObject({ counts: { completed: 3, failed: 1 }, bytes: 20 });
    expect(await results.lines('batch_1')).toEqual(new Set([1, 2, 3, 4]));
    expect([await texts('batch_1', true), await texts('batch_1', false)]).toEqual(['two\nthree\nfour\n', 'öne\n']);
  });

  it('count how often they were run in vain', async () => {
    await insert('batch_1');
    expect([await store.begin('batch_1'), await store.begin('batch_1')]).toEqual([1, 2]);
    await results.add('batch_1', [{ line: 1, succeeded: true, text: 'one' }]);
    expect(await store.begin('batch_1')).toBe(1);
    await store.giveBack('batch_1');
    expect(await store.begin('batch_1')).toBe(1);
  });

  it('give their results in pages of a bounded length', async () => {
    await insert('batch_1');
    const said = Array.from({ length: 2500 }, (_, index) => ({ line: index + 1, succeeded: true, text: index % 500 === 0 ? 'l'.repeat(700_000) : `${index},` }));
    for (let from = 0; from < said.length; from += 500) await results.add('batch_1', said.slice(from, from + 500));
    expect(await texts('batch_1', true)).toBe(said.map(({ text }) => text).join(''));
    await results.removeEnded();
    expect((await results.lines('batch_1')).size).toBe(2500);
    await store.end('batch_1', 'completed', noFiles, storage.db);
    await results.removeEnded();
    expect((await results.lines('batch_1')).size).toBe(0);
  });

  it('are listed, counted, and forgotten when they are old and over', async () => {
    for (const id of ['batch_1', 'batch_2', 'batch_3', 'batch_4']) await insert(id, { expiresAt: 5000 + Number(id.at(-1)) });
    await insert('batch_5', { owner: 'b' });
    expect((await store.list('a', { limit: 2, after: undefined }))!.map(({ id }) => id)).toEqual(['batch_4', 'batch_3', 'batch_2']);
    expect((await store.list('a', { limit: 2, after: 'batch_2' }))!.map(({ id }) => id)).toEqual(['batch_1']);
    expect(await store.list('b', { limit: 2, after: 'batch_2' })).toBeUndefined();
    expect([await store.countUnfinished('a'), await store.inputNeededUntil('file-1'), await store.inputNeededUntil('file-2')]).toEqual([4, 5004, 0]);
    await store.end('batch_4', 'completed', noFiles, storage.db);
    await store.end('batch_3', 'completed', noFiles, storage.db);
    expect([await store.countUnfinished('a'), await store.inputNeededUntil('file-1')]).toEqual([2, 5002]);
    expect(await store.idsOfUnfinished(2)).toHaveLength(2);
    await store.trim(1);
    expect((await store.list('a', { limit: 9, after: undefined }))!.map(({ id }) => id)).toEqual(['batch_4', 'batch_2', 'batch_1']);
    now = 10_000;
    await store.removeOlder(1000);
    expect((await store.list('a', { limit: 9, after: undefined }))!.map(({ id }) => id)).toEqual(['batch_2', 'batch_1']);
  });
});
