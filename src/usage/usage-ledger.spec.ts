import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UnsentFile } from './unsent-file.js';
import { type LedgerStore, UsageLedger } from './usage-ledger.js';
import { type UsageRow } from './usage-row.js';
import { UsageStore } from './usage-store.js';
import { type Log, silentLog } from '../observability/log.js';
import { requestContext } from '../observability/request-context.js';
import { Storage } from '../storage/storage.js';
import { type TestDatabase, testStores } from '../../test/support/databases.js';
import { eventually } from '../../test/support/eventually.js';

const AT = Date.UTC(2026, 10, 26, 23, 59, 59);

const row = (change: Partial<UsageRow> = {}): UsageRow => ({
  id: randomUUID(),
  request_id: 'req',
  started_at: AT,
  client_id: 'client:a',
  client_name: 'a',
  provider: 'openai',
  model: 'gpt',
  prompt_tokens: 10,
  completion_tokens: 5,
  cached_tokens: 2,
  cache_write_tokens: 0,
  reasoning_tokens: 1,
  estimated: 0,
  scaffold_tokens: null,
  cost_nanos: 1000,
  latency_ms: 12,
  ttft_ms: null,
  status: 200,
  error: null,
  streamed: 0,
  fallback_from: null,
  cache: null,
  session_id: null,
  ...change,
});

/** A log that remembers. */
function listening(): { readonly log: Log; readonly said: string[] } {
  const said: string[] = [];
  const say =
    (level: string) =>
    (...words: unknown[]): void => {
      said.push(`${level}: ${String(words.at(-1))}${typeof words[0] === 'object' && words[0] !== null && 'rows' in words[0] ? ` (${String(words[0].rows)})` : ''}`);
    };
  return { said, log: { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') } };
}

describe.each(await testStores())('the ledger in $name', (kind) => {
  let at: TestDatabase;
  let storage: Storage;
  let store: UsageStore;
  let ledger: UsageLedger;
  const open = (over: LedgerStore = store, log = silentLog, max?: number): UsageLedger => new UsageLedger(over, new UnsentFile(at.dataDir), log, max);
  const rows = async (): Promise<string[]> => (await storage.db.selectFrom('usage').select('id').orderBy('id').execute()).map(({ id }) => id);
  const ids = (all: readonly UsageRow[]): string[] => all.map(({ id }) => id).sort();
  const unsent = (): string[] => readdirSync(at.dataDir).filter((name) => name.startsWith('usage-unsent'));

  beforeAll(async () => {
    at = await kind.make();
    storage = await Storage.open(at.url, at.dataDir, silentLog);
    store = new UsageStore(storage);
  });

  beforeEach(() => {
    ledger = open();
  });

  afterEach(async () => {
    for (const table of ['usage', 'spend'] as const) await storage.db.deleteFrom(table).execute();
    expect(unsent()).toEqual([]);
  });

  afterAll(async () => {
    await storage.onApplicationShutdown();
    await at.remove();
  });

  it('keeps a row as it is, and adds it to what its client has spent that day and that month', async () => {
    const [one, other] = [row({ ttft_ms: 3, cache: 'miss', streamed: 1 }), row({ client_id: 'client:b', cost_nanos: null })];
    ledger.record(one);
    ledger.record(row({ started_at: AT + 1000, prompt_tokens: 1, completion_tokens: 0 }));
    ledger.record(other);
    await ledger.flush();
    expect(await storage.db.selectFrom('usage').selectAll().where('id', 'in', [one.id, other.id]).orderBy('client_id').execute()).toEqual([one, other]);
    expect(await storage.db.selectFrom('spend').selectAll().orderBy('client_id').orderBy('period').execute()).toEqual([
      { client_id: 'client:a', period: 'day:2026-11-26', tokens: 15, cost_nanos: 1000 },
      { client_id: 'client:a', period: 'day:2026-11-27', tokens: 1, cost_nanos: 1000 },
      { client_id: 'client:a', period: 'month:2026-11', tokens: 16, cost_nanos: 2000 },
      { client_id: 'client:b', period: 'day:2026-11-26', tokens: 15, cost_nanos: 0 },
      { client_id: 'client:b', period: 'month:2026-11', tokens: 15, cost_nanos: 0 },
    ]);
    expect(await store.spent('client:a', 'day:2026-11-26')).toEqual({ tokens: 15, cost_nanos: 1000 });
    expect(await store.spent('client:c', 'day:2026-11-26')).toEqual({ tokens: 0, cost_nanos: 0 });
  });

  it('writes by itself, soon, and at once where many wait', async () => {
    for (let index = 0; index < 1234; index += 1) ledger.record(row());
    await eventually(async () => (await rows()).length === 1234);
  });

  it('is written in no request’s context: what the log says of it is of none', async () => {
    const contexts: unknown[] = [];
    ledger = open({
      insert: (all) => {
        contexts.push(requestContext.getStore());
        return store.insert(all);
      },
    });
    requestContext.run({ requestId: 'req' }, () => {
      ledger.record(row());
    });
    await eventually(async () => (await rows()).length === 1);
    await requestContext.run({ requestId: 'req' }, () => {
      ledger.record(row());
      return ledger.flush();
    });
    expect(contexts).toEqual([undefined, undefined]);
  });

  it('counts a row once, however often it is written', async () => {
    const all = [row(), row(), row()];
    await store.insert(all.slice(0, 2));
    expect(await store.insert(all)).toContainEqual({ client_id: 'client:a', period: 'month:2026-11', tokens: 45, cost_nanos: 3000 });
    expect(await store.insert(all)).toEqual([]);
    expect(await rows()).toEqual(ids(all));
    expect(await store.spent('client:a', 'month:2026-11')).toEqual({ tokens: 45, cost_nanos: 3000 });
  });

  it('tries a batch again whose answer was lost, and counts it once', async () => {
    let lost = 2;
    const { log, said } = listening();
    const flaky = open(
      {
        insert: async (batch) => {
          const spend = await store.insert(batch);
          if (lost-- > 0) throw new Error('the answer is lost');
          return spend;
        },
      },
      log,
    );
    const all = [row(), row()];
    for (const each of all) flaky.record(each);
    await flaky.flush();
    flaky.record(row({ id: 'later' }));
    await eventually(() => flaky.waiting === 0);
    expect(await store.spent('client:a', 'month:2026-11')).toEqual({ tokens: 45, cost_nanos: 3000 });
    expect(said).toEqual(['warn: usage cannot be written: it waits until the database is back', 'info: usage is written again']);
  });

  it('writes what it has at the end', async () => {
    const all = [row(), row()];
    for (const each of all) ledger.record(each);
    await ledger.onApplicationShutdown();
    expect([await rows(), unsent()]).toEqual([ids(all), []]);
  });

  it('keeps in a file what it cannot write at the end, and what comes after it, and takes it up at the next start', async () => {
    const away = open({ insert: () => Promise.reject(new Error('away')) });
    const all = [row(), row({ session_id: 'öä' }), row()];
    away.record(all[0]!);
    away.record(all[1]!);
    await away.onApplicationShutdown();
    away.record(all[2]!);
    const path = join(at.dataDir, 'usage-unsent.ndjson');
    expect([statSync(path).mode & 0o777, await rows()]).toEqual([0o600, []]);
    // What somebody else wrote, or a crash cut.
    writeFileSync(path, `${readFileSync(path, 'utf8')}{"id":"x"}\n{"id":\n${JSON.stringify({ ...row(), prompt_tokens: -1 })}\n`);
    const { log, said } = listening();
    const next = open(store, log);
    next.onApplicationBootstrap();
    await next.flush();
    expect([await rows(), unsent(), said]).toEqual([ids(all), [], ['info: usage that could not be written before the last end is written (3)']]);
    expect(await store.spent('client:a', 'month:2026-11')).toEqual({ tokens: 45, cost_nanos: 3000 });
  });

  it('keeps the file as long as the database is away', async () => {
    const away = open({ insert: () => Promise.reject(new Error('away')) });
    away.record(row({ id: 'first' }));
    await away.onApplicationShutdown();
    const still = open({ insert: () => Promise.reject(new Error('away')) });
    await still.flush();
    still.record(row({ id: 'second' }));
    await still.onApplicationShutdown();
    expect(unsent()).toHaveLength(2);
    await open().flush();
    expect([await rows(), unsent()]).toEqual([['first', 'second'], []]);
  });

  it('lets the oldest go where too much waits, and says how much', async () => {
    const { log, said } = listening();
    let away = true;
    const full = open({ insert: (batch) => (away ? Promise.reject(new Error('away')) : store.insert(batch)) }, log, 2000);
    full.record(row());
    await full.flush();
    for (let index = 0; index < 2500; index += 1) full.record(row());
    expect(full.waiting).toBeLessThanOrEqual(2000);
    const { waiting } = full;
    away = false;
    await full.flush();
    expect(await rows()).toHaveLength(waiting);
    expect(said.at(-1)).toBe(`error: usage was lost: more of it waited for the database than there was room for (${2501 - waiting})`);
  });

  it('deletes what is old, and keeps what a budget may still need', async () => {
    await store.insert([row({ id: 'old', started_at: AT - 100 * 86_400_000 }), row({ id: 'month', started_at: AT - 25 * 86_400_000 }), row({ id: 'new' })]);
    await store.removeBefore(AT - 86_400_000, AT);
    expect(await rows()).toEqual(['new']);
    expect((await storage.db.selectFrom('spend').select('period').orderBy('period').execute()).map(({ period }) => period)).toEqual([
      'day:2026-11-01',
      'day:2026-11-26',
      'month:2026-11',
    ]);
  });
});
