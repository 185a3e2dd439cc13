import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FilesService } from './files.service.js';
import { type StoredFile } from './stored-file.js';
import { silentLog } from '../observability/log.js';
import { StorageSettings } from '../storage/storage-settings.js';
import { Storage } from '../storage/storage.js';
import { testStores, type TestDatabase } from '../../test/support/databases.js';

const MB = 1024 ** 2;

describe.each(await testStores())('files, in $name', (kind) => {
  let at: TestDatabase;
  let storage: Storage;
  let files: FilesService;
  beforeEach(async () => {
    at = await kind.make();
    storage = await Storage.open(at.url, at.dataDir, silentLog);
    files = new FilesService(storage, Object.assign(new StorageSettings(), { clientStoreMb: 1 }), silentLog);
  });
  afterEach(async () => {
    await storage.onApplicationShutdown();
    await at.remove();
  });

  async function* pieces(...texts: (string | Error)[]): AsyncGenerator<Buffer> {
    for (const text of texts) {
      if (text instanceof Error) throw text;
      yield await Promise.resolve(Buffer.from(text));
    }
  }
  const save = async (owner: string, name: string, ...texts: string[]): Promise<StoredFile> => (await files.receive(owner, name, pieces(...texts))).keep();
  const textOf = async (id: string): Promise<string> => {
    let text = '';
    for await (const piece of files.text(id)) text += piece;
    return text;
  };
  const rows = async (): Promise<{ files: number; chunks: number }> => {
    const [kept, chunks] = await Promise.all([storage.db.selectFrom('files').select('id').execute(), storage.db.selectFrom('file_chunks').select('file_id').execute()]);
    return { files: kept.length, chunks: chunks.length };
  };

  it('are kept as they came, and are found by their owner alone', async () => {
    const text = `{"a":"ä${'x'.repeat(200_000)}"}\r\n{"b":1}`;
    const file = await save('a', '../in.jsonl', text.slice(0, 9), text.slice(9));
    expect(file).toMatchObject({ id: expect.stringMatching(/^file-[0-9a-f]{32}$/), purpose: 'batch', filename: 'in.jsonl', bytes: Buffer.byteLength(text) });
    expect(file.expiresAt - file.createdAt).toBeGreaterThan(29.9 * 86_400_000);
    expect(await textOf(file.id)).toBe(text);
    expect(await files.find(file.id, 'a')).toEqual(file);
    for (const [id, owner] of [
      [file.id, 'b'],
      ['file-0', 'a'],
      ["file-'\0", 'a'],
      ['', 'a'],
    ] as const)
      await expect(files.find(id, owner)).rejects.toMatchObject({ code: 'not_found' });
    await expect(files.remove(file.id, 'b')).rejects.toMatchObject({ code: 'not_found' });
    await files.remove(file.id, 'a');
    await expect(files.remove(file.id, 'a')).rejects.toMatchObject({ code: 'not_found' });
    expect(await rows()).toEqual({ files: 0, chunks: 0 });
  });

  it('that are not kept are none, and those that break off leave nothing', async () => {
    const incoming = await files.receive('a', 'x', pieces('1', '2'));
    expect(await files.list('a', { purpose: undefined, limit: 10, order: 'asc', after: undefined })).toEqual([]);
    await incoming.discard();
    await expect(files.receive('a', 'x', pieces('1'.repeat(100_000), new Error('left')))).rejects.toThrow('left');
    await expect(files.receive('a', 'x', pieces(''))).rejects.toMatchObject({ code: 'invalid_parameter', message: 'The file is empty.' });
    expect(await rows()).toEqual({ files: 0, chunks: 0 });
  });

  it('over what an owner may keep are refused, and nothing is deleted for them', async () => {
    const kept = await save('a', 'kept', 'x'.repeat(0.6 * MB));
    await expect(files.receive('a', 'long', pieces('y'.repeat(0.5 * MB)))).rejects.toMatchObject({
      code: 'payload_too_large',
      message: expect.stringContaining('1 MB'),
      shouldRetry: false,
    });
    // Each of the two has room, both of them have not.
    const both = await Promise.all([files.receive('a', 'one', pieces('y'.repeat(0.3 * MB))), files.receive('a', 'two', pieces('y'.repeat(0.3 * MB)))]);
    const ends = await Promise.allSettled(both.map((each) => each.keep()));
    expect(ends.filter(({ status }) => status === 'rejected').length).toBeGreaterThanOrEqual(1);
    expect(await files.find(kept.id, 'a')).toEqual(kept);
    await save('b', 'other', 'x'.repeat(0.6 * MB));
    await files.remove(kept.id, 'a');
    await save('a', 'again', 'y'.repeat(0.5 * MB));
  });

  it('are listed in pages', async () => {
    const saved: StoredFile[] = [];
    for (let index = 0; index < 5; index++) saved.push(await save('a', `f${index}`, 'x'));
    await storage.db.updateTable('files').set({ created_at: 7 }).execute(); // at the same moment: in the order of their ids
    const ids = saved.map(({ id }) => id).sort();
    const page = async (after: string | undefined, order: 'asc' | 'desc'): Promise<string[]> =>
      (await files.list('a', { purpose: 'batch', limit: 2, order, after })).map(({ id }) => id);
    expect(await page(undefined, 'asc')).toEqual(ids.slice(0, 3)); // one more: there is more
    expect(await page(ids[1], 'asc')).toEqual(ids.slice(2, 5));
    expect(await page(ids[3], 'asc')).toEqual(ids.slice(4));
    expect(await page(ids[1], 'desc')).toEqual([ids[0]]);
    expect(await files.list('a', { purpose: 'batch_output', limit: 2, order: 'asc', after: undefined })).toEqual([]);
    await expect(files.list('b', { purpose: undefined, limit: 2, order: 'asc', after: ids[0] })).rejects.toMatchObject({ code: 'invalid_parameter', param: 'after' });
  });

  it('are gone when their time is over, those that never became whole too', async () => {
    const short = await (await files.receive('a', 'x', pieces('1'))).keep(1);
    const long = await save('a', 'y', '1');
    await files.receive('a', 'z', pieces('1'));
    await storage.db.updateTable('files').set({ expires_at: 1 }).where('complete', '=', 0).execute();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await expect(files.find(short.id, 'a')).rejects.toMatchObject({ code: 'not_found' });
    await files.cleanUp();
    expect(await rows()).toEqual({ files: 1, chunks: 1 });
    expect(await files.find(long.id, 'a')).toEqual(long);
  });

  it('of many short parts are read in order, whatever their lengths', async () => {
    const { id } = await save('a', 'x', '0');
    const chunks = Array.from({ length: 1200 }, (_, index) => ({ file_id: id, sequence: 3 * index + 1, text: index % 300 === 0 ? 'l'.repeat(0.7 * MB) : `${index},` }));
    for (let from = 0; from < chunks.length; from += 400) {
      await storage.db
        .insertInto('file_chunks')
        .values(chunks.slice(from, from + 400).map((chunk) => ({ ...chunk, bytes: chunk.text.length })))
        .execute();
    }
    expect(await textOf(id)).toBe('0' + chunks.map(({ text }) => text).join(''));
  });
});
