import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConversationService } from './conversation.service.js';
import { type HistoryState } from '../histories/history.js';
import { silentLog } from '../observability/log.js';
import { PoolSettings } from '../process-pool/pool-settings.js';
import { StorageSettings } from '../storage/storage-settings.js';
import { Storage } from '../storage/storage.js';
import { testStores, type TestDatabase } from '../../test/support/databases.js';

const signal = new AbortController().signal;
const state = (text: string): HistoryState => ({
  target: { provider: 'claude', model: 'opus' },
  system: ['be brief'],
  messages: [
    { role: 'user', content: [{ type: 'text', text }] },
    { role: 'assistant', text: `${text}!`, toolCalls: [] },
  ],
});
const notFound = (param: string): object => ({ code: 'not_found', param });
const all = { after: undefined, limit: 100 };
const DAY = 86_400_000;

describe.each(await testStores())('conversations in $name', (store) => {
  let at: TestDatabase;
  let storage: Storage;
  beforeEach(async () => {
    at = await store.make();
    storage = await Storage.open(at.url, at.dataDir, silentLog);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await storage.onApplicationShutdown();
    await at.remove();
  });
  const service = (stored: Partial<StorageSettings> = {}, queueTimeoutMs = 5000): ConversationService =>
    new ConversationService(storage, Object.assign(new PoolSettings(), { queueTimeoutMs }), Object.assign(new StorageSettings(), stored), silentLog);
  const turn = async (id: string, text: string, conversations = service()): Promise<void> => {
    const lease = await conversations.acquire(id, 'one', signal);
    await lease.commit(state(text));
    lease.release();
  };

  it('begin with what the client says, and keep what a turn commits', async () => {
    const begun = await service().begin('one', { system: 'Be\u0000 kind.', metadata: { a: '\u0000', b: 'ä' } });
    expect(begun).toMatchObject({ target: undefined, system: ['Be\u0000 kind.'], messages: [], turns: 0, metadata: { a: '\u0000', b: 'ä' } });
    expect(await service().get(begun.id, 'one')).toEqual(begun);
    await turn(begun.id, 'a');
    expect(await service().get(begun.id, 'one')).toMatchObject({ ...state('a'), turns: 1, createdAt: begun.createdAt, metadata: begun.metadata });
    expect(await service().begin('one', undefined)).toMatchObject({ system: [], metadata: {} });
    expect((await service().begin('one', { system: ' ' })).system).toEqual([]);
  });

  it("are nobody else's", async () => {
    const { id } = await service().begin('one', {});
    await expect(service().get(id, 'two')).rejects.toMatchObject(notFound('id'));
    await expect(service().remove(id, 'two')).rejects.toMatchObject(notFound('id'));
    await expect(service().acquire(id, 'two', signal)).rejects.toMatchObject(notFound('conversation_id'));
    await expect(service().list('two', { ...all, after: id })).rejects.toMatchObject(notFound('after'));
    expect(await service().list('two', all)).toEqual([]);
    await service().remove(id, 'one');
    await expect(service().get(id, 'one')).rejects.toMatchObject(notFound('id'));
  });

  it('are none by a name that could not be theirs', async () => {
    for (const id of ['', 'conv_', 'x\u0000', `conv_${'G'.repeat(48)}`]) {
      await expect(service().get(id, 'one')).rejects.toMatchObject(notFound('id'));
      await expect(service().remove(id, 'one')).rejects.toMatchObject(notFound('id'));
      await expect(service().acquire(id, 'one', signal)).rejects.toMatchObject(notFound('conversation_id'));
      await expect(service().list('one', { ...all, after: id })).rejects.toMatchObject(notFound('after'));
    }
  });

  it('are listed a page at a time, those used last first, also where many were used at once', async () => {
    const clock = jest.spyOn(Date, 'now');
    const began = Date.now();
    const ids: string[] = [];
    for (const offset of [0, 0, 0, 1, 2]) {
      clock.mockReturnValue(began + offset);
      ids.push((await service().begin('one', {})).id);
    }
    clock.mockReturnValue(began + 3);
    await turn(ids[0]!, 'a');
    const listed: string[] = [];
    for (let after: string | undefined; ; after = listed.at(-1)) {
      const page = await service().list('one', { after, limit: 2 });
      if (page.length === 0) break;
      listed.push(...page.map(({ id }) => id));
    }
    expect(listed).toEqual([ids[0], ids[4], ids[3], ...[ids[1]!, ids[2]!].sort().reverse()]);
  });

  it('are busy when another instance was faster, or the wait is too long', async () => {
    const { id } = await service().begin('one', {});
    const [here, there] = [await service().acquire(id, 'one', signal), await service().acquire(id, 'one', signal)];
    await there.commit(state('there'));
    await expect(here.commit(state('here'))).rejects.toMatchObject({ code: 'session_busy', param: 'conversation_id' });
    expect((await service().get(id, 'one')).messages).toEqual(state('there').messages);
    const impatient = service({}, 30);
    const held = await impatient.acquire(id, 'one', signal);
    await expect(impatient.acquire(id, 'one', signal)).rejects.toMatchObject({ code: 'session_busy', param: 'conversation_id', retryAfter: 1 });
    held.release();
  });

  it('grow so long and no longer, which is said before a turn that has no room', async () => {
    const { id } = await service().begin('one', {});
    await turn(id, 'x'.repeat(7 * 1024 ** 2));
    const lease = await service().acquire(id, 'one', signal);
    const tooLong = expect.objectContaining({ code: 'context_length_exceeded', param: 'conversation_id' });
    lease.checkRoom(state('x'.repeat(100_000)).messages);
    expect(() => {
      lease.checkRoom(state('x'.repeat(1_500_000)).messages);
    }).toThrow(tooLong);
    await expect(lease.commit(state('x'.repeat(9 * 1024 ** 2)))).rejects.toEqual(tooLong);
    expect((await service().get(id, 'one')).turns).toBe(1);
  });

  it('end when nobody has used them for as long as things are kept, however old they are', async () => {
    const began = Date.now();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(began);
    const conversations = service({ retentionDays: 2 });
    const [idle, used] = [await conversations.begin('one', {}), await conversations.begin('one', {})];
    for (let day = 1; day <= 6; day += 1) {
      clock.mockReturnValue(began + day * DAY);
      await turn(used.id, 'a', conversations);
    }
    expect((await conversations.list('one', all)).map(({ id }) => id)).toEqual([used.id]);
    await expect(conversations.acquire(idle.id, 'one', signal)).rejects.toMatchObject(notFound('conversation_id'));
    await conversations.cleanUp();
    expect(await storage.db.selectFrom('conversations').select('id').execute()).toEqual([{ id: used.id }]);
    clock.mockReturnValue(began + 8 * DAY);
    await conversations.cleanUp();
    expect(await storage.db.selectFrom('conversations').select('id').execute()).toEqual([]);
  });

  it('are so many bytes an owner: the longest unused go', async () => {
    const conversations = service({ clientStoreMb: 1 });
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      const { id } = await conversations.begin('one', {});
      await turn(id, 'x'.repeat(150_000), conversations);
      ids.push(id);
      await sleep(2);
    }
    expect((await conversations.list('one', all)).map(({ id }) => id)).toEqual(ids.slice(2).reverse());
  });
});
