import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { SessionSettings } from './session-settings.js';
import { SessionService } from './session.service.js';
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
    { role: 'assistant', text: `${text}!`, toolCalls: [{ callId: 'c', name: 'f', json: '{' }] },
  ],
});
const notFound = { code: 'session_not_found', param: 'X-SheLLM-Session-ID' };

describe.each(await testStores())('sessions in $name', (store) => {
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
  const service = (settings: Partial<SessionSettings> = {}, queueTimeoutMs = 5000, stored = new StorageSettings()): SessionService =>
    new SessionService(storage, Object.assign(new SessionSettings(), settings), Object.assign(new PoolSettings(), { queueTimeoutMs }), stored, silentLog);

  it('begin empty, and keep what a turn commits', async () => {
    const sessions = service();
    const opened = await sessions.open('one');
    expect(opened).toMatchObject({ target: undefined, system: [], messages: [], turns: 0 });
    const lease = await sessions.acquire(opened.id, 'one', signal);
    await lease.commit(state('a'));
    lease.release();
    const again = await service().acquire(opened.id, 'one', signal);
    expect(again.history).toMatchObject({ ...state('a'), turns: 1, createdAt: opened.createdAt });
  });

  it('stay as they were without a commit', async () => {
    const sessions = service();
    const { id } = await sessions.open('one');
    (await sessions.acquire(id, 'one', signal)).release();
    expect((await sessions.acquire(id, 'one', signal)).history.turns).toBe(0);
  });

  it("are nobody else's, also while one waits", async () => {
    const sessions = service();
    const { id } = await sessions.open('one');
    await expect(sessions.acquire(id, 'two', signal)).rejects.toMatchObject(notFound);
    const held = await sessions.acquire(id, 'one', signal);
    await expect(sessions.acquire(id, 'two', signal)).rejects.toMatchObject(notFound);
    await expect(sessions.acquire(randomUUID(), 'one', signal)).rejects.toMatchObject(notFound);
    await expect(sessions.remove(id, 'two')).rejects.toMatchObject(notFound);
    expect(await sessions.list('two')).toEqual([]);
    held.release();
  });

  it('take one turn at a time, each with what the one before has said', async () => {
    const sessions = service();
    const { id } = await sessions.open('one');
    const turns = Array.from({ length: 10 }, async () => {
      const lease = await sessions.acquire(id, 'one', signal);
      const { turns } = lease.history;
      await sleep(1);
      await lease.commit(state(String(turns)));
      lease.release();
      return turns;
    });
    expect(await Promise.all(turns)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('are busy when the wait is too long, and free again afterwards', async () => {
    const sessions = service({}, 30);
    const { id } = await sessions.open('one');
    const held = await sessions.acquire(id, 'one', signal);
    await expect(sessions.acquire(id, 'one', signal)).rejects.toMatchObject({ code: 'session_busy', retryAfter: 1 });
    held.release();
    (await sessions.acquire(id, 'one', signal)).release();
  });

  it('tell that another instance was faster', async () => {
    const { id } = await service().open('one');
    const [here, there] = [await service().acquire(id, 'one', signal), await service().acquire(id, 'one', signal)];
    await there.commit(state('there'));
    await expect(here.commit(state('here'))).rejects.toMatchObject({ code: 'session_busy' });
    expect((await service().acquire(id, 'one', signal)).history.messages).toEqual(state('there').messages);
  });

  it('do not come back when they were deleted during a turn', async () => {
    const sessions = service();
    const { id } = await sessions.open('one');
    const lease = await sessions.acquire(id, 'one', signal);
    await sessions.remove(id, 'one');
    await lease.commit(state('late'));
    lease.release();
    await expect(sessions.acquire(id, 'one', signal)).rejects.toMatchObject(notFound);
  });

  it('grow so long and no longer', async () => {
    const sessions = service();
    const { id } = await sessions.open('one');
    const lease = await sessions.acquire(id, 'one', signal);
    await expect(lease.commit(state('x'.repeat(9 * 1024 ** 2)))).rejects.toMatchObject({ code: 'context_length_exceeded' });
    lease.release();
    expect((await sessions.acquire(id, 'one', signal)).history.turns).toBe(0);
  });

  it('end when nobody uses them, or when they are old; a turn that is under way keeps its own', async () => {
    const sessions = service({ ttlMs: 1000, maxAgeMs: 3000 });
    const began = Date.now();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(began);
    const [idle, used, held] = [await sessions.open('one'), await sessions.open('one'), await sessions.open('one')];
    const lease = await sessions.acquire(held.id, 'one', signal);
    const use = async (): Promise<void> => {
      const turn = await sessions.acquire(used.id, 'one', signal);
      await turn.commit(state('a'));
      turn.release();
    };
    clock.mockReturnValue(began + 800);
    await use();
    clock.mockReturnValue(began + 1600);
    await expect(sessions.acquire(idle.id, 'one', signal)).rejects.toMatchObject(notFound);
    expect((await sessions.list('one')).map(({ id, expiresAt }) => [id, expiresAt - began])).toEqual([[used.id, 1800]]);
    await use();
    await sessions.cleanUp();
    expect(await storage.db.selectFrom('sessions').select('id').orderBy('used_at').execute()).toEqual([{ id: held.id }, { id: used.id }]);
    await lease.commit(state('late'));
    lease.release();
    const again = await sessions.acquire(held.id, 'one', signal);
    again.release();
    expect(again.history.turns).toBe(1);
    clock.mockReturnValue(began + 2500);
    await use();
    expect((await sessions.list('one')).find(({ id }) => id === used.id)?.expiresAt).toBe(began + 3000);
    clock.mockReturnValue(began + 3000);
    await expect(sessions.acquire(used.id, 'one', signal)).rejects.toMatchObject(notFound);
    await sessions.cleanUp();
    expect(await storage.db.selectFrom('sessions').select('id').execute()).toEqual([]);
  });

  it('are cleaned up by themselves, however many', async () => {
    const rows = Array.from({ length: 450 }, () => ({ id: randomUUID(), owner: 'o', system: '[]', messages: '[]', created_at: 1, used_at: 1 }));
    await storage.db.insertInto('sessions').values(rows).execute();
    const sessions = service();
    sessions.onApplicationBootstrap();
    for (let tries = 0; tries < 100 && (await storage.db.selectFrom('sessions').select('id').execute()).length > 0; tries += 1) await sleep(10);
    sessions.onApplicationShutdown();
    expect(await storage.db.selectFrom('sessions').select('id').execute()).toEqual([]);
  });

  it('are so many bytes an owner: the longest unused go', async () => {
    const sessions = service({}, 5000, Object.assign(new StorageSettings(), { clientStoreMb: 1 }));
    const long = 'x'.repeat(300_000);
    const commit = async (owner: string): Promise<string> => {
      const { id } = await sessions.open(owner);
      const lease = await sessions.acquire(id, owner, signal);
      await lease.commit({ ...state(long), messages: [{ role: 'user', content: [{ type: 'text', text: long }] }] });
      lease.release();
      await sleep(2);
      return id;
    };
    const other = await commit('other');
    const ids: string[] = [];
    for (let turn = 0; turn < 5; turn++) ids.push(await commit('o'));
    expect((await sessions.list('o')).map(({ id }) => id)).toEqual(ids.slice(2).reverse());
    expect((await sessions.list('other')).map(({ id }) => id)).toEqual([other]);
    await service({}, 5000, Object.assign(new StorageSettings(), { clientStoreMb: 0.5 })).cleanUp();
    expect((await sessions.list('o')).map(({ id }) => id)).toEqual(ids.slice(4));
  });

  it('are so many an owner: the longest unused goes', async () => {
    const now = Date.now();
    const rows = Array.from({ length: 10_000 }, (_, index) => ({ id: `s${index}`, owner: 'o', system: '[]', messages: '[]', created_at: now, used_at: now - 20_000 + index }));
    for (let from = 0; from < rows.length; from += 1000)
      await storage.db
        .insertInto('sessions')
        .values(rows.slice(from, from + 1000))
        .execute();
    const sessions = service();
    const { id } = await sessions.open('o');
    const kept = await storage.db.selectFrom('sessions').select('id').where('id', 'in', ['s0', 's1', id]).orderBy('used_at').execute();
    expect(kept.map((row) => row.id)).toEqual(['s1', id]);
    expect((await sessions.list('o')).map((session) => session.id).slice(0, 2)).toEqual([id, 's9999']);
  });
});
