import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BatchResults } from './batch-results.js';
import { BatchSettlement } from './batch-settlement.js';
import { BatchStore } from './batch-store.js';
import { type StoredFile } from '../../files/stored-file.js';
import { FilesService } from '../../files/files.service.js';
import { silentLog } from '../../observability/log.js';
import { StorageSettings } from '../../storage/storage-settings.js';
import { Storage } from '../../storage/storage.js';
import { testStores, type TestDatabase } from '../../../test/support/databases.js';

const never = new AbortController().signal;

describe.each(await testStores())('the end of a batch, in $name', (kind) => {
  let at: TestDatabase;
  let storage: Storage;
  let files: FilesService;
  let store: BatchStore;
  let results: BatchResults;
  let settlement: BatchSettlement;
  let input: StoredFile;
  const id = 'batch_1';
  beforeEach(async () => {
    at = await kind.make();
    storage = await Storage.open(at.url, at.dataDir, silentLog);
    files = new FilesService(storage, new StorageSettings(), silentLog);
    store = new BatchStore(storage, () => Date.now());
    results = new BatchResults(storage);
    settlement = new BatchSettlement(storage, store, results, files, silentLog);
    const lines = [1, 2, 3].map((index) => JSON.stringify({ custom_id: `r${index}`, method: 'POST', url: '/v1/embeddings', body: {} }));
    async function* contents(): AsyncGenerator<Buffer> {
      yield await Promise.resolve(Buffer.from(lines.join('\n')));
    }
    input = await (await files.receive('a', 'in', contents())).keep();
    const now = Date.now();
    await files.hold(input.id, 'a', now + 10_000);
    await store.insert(
      { ...{ id, owner: 'a', endpoint: '/v1/embeddings', inputFileId: input.id, outputTtlS: null, metadata: null }, createdAt: now, expiresAt: now + 10_000 },
      storage.db,
    );
    await store.move(id, ['validating'], 'in_progress', { total: 3 });
    await results.add(id, [{ line: 2, succeeded: true, text: 'two\n' }]);
  });
  afterEach(async () => {
    await storage.onApplicationShutdown();
    await at.remove();
  });
  const textOf = async (fileId: string | null): Promise<string> => {
    let text = '';
    for await (const piece of files.text(fileId!)) text += piece;
    return text;
  };

  it('is one, with all its results, however many end it', async () => {
    const batch = (await store.find(id))!;
    await Promise.all([1, 2, 3].map(() => settlement.skipRest(batch, 'cancelled', never)));
    await Promise.all([1, 2, 3].map(() => settlement.end(batch, 'cancelled')));
    const ended = (await store.find(id))!;
    expect(ended).toMatchObject({ status: 'cancelled', counts: { completed: 1, failed: 2 } });
    // Who was held up comes late: the results are gone by now.
    await results.removeEnded();
    await results.add(id, [{ line: 1, succeeded: true, text: 'late\n' }]);
    await settlement.end(batch, 'completed');
    expect(await store.find(id)).toEqual(ended);
    expect(await textOf(ended.outputFileId)).toBe('two\n');
    expect((await textOf(ended.errorFileId)).split('\n').map((line) => /"custom_id":"(\w+)"/.exec(line)?.[1])).toEqual(['r1', 'r3', undefined]);
    const kept = await storage.db.selectFrom('files').select('id').execute();
    expect(new Set(kept.map((row) => row.id))).toEqual(new Set([input.id, ended.outputFileId, ended.errorFileId]));
  });

  it('lets go of its input, which was deleted meanwhile', async () => {
    await files.remove(input.id, 'a');
    await expect(files.find(input.id, 'a')).rejects.toMatchObject({ code: 'not_found' });
    await settlement.skipRest((await store.find(id))!, 'expired', never);
    expect((await results.lines(id)).size).toBe(3);
    await settlement.end((await store.find(id))!, 'expired');
    expect(await textOf(input.id)).toBe('');
  });
});
