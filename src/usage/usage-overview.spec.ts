import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { UsageLog } from './usage-log.js';
import { UsageOverview } from './usage-overview.js';
import { type UsageRow } from './usage-row.js';
import { UsageStore } from './usage-store.js';
import { silentLog } from '../observability/log.js';
import { Storage } from '../storage/storage.js';
import { type TestDatabase, testStores } from '../../test/support/databases.js';

const AT = Date.UTC(2026, 10, 26, 12);
const HOUR_MS = 3_600_000;
const never = new AbortController().signal;

const row = (id: string, change: Partial<UsageRow> = {}): UsageRow => ({
  id,
  request_id: `req-${id}`,
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
  cost_nanos: 1_000_000,
  latency_ms: 100,
  ttft_ms: null,
  status: 200,
  error: null,
  streamed: 0,
  fallback_from: null,
  cache: null,
  session_id: null,
  ...change,
});

/** By nearest rank. */
function exactly(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? NaN;
}

describe.each(await testStores())('the ledger, looked at, in $name', (kind) => {
  let at: TestDatabase;
  let storage: Storage;
  let overview: UsageOverview;
  let log: UsageLog;
  const refill = async (rows: readonly UsageRow[]): Promise<void> => {
    await storage.db.deleteFrom('usage').execute();
    const store = new UsageStore(storage);
    for (let from = 0; from < rows.length; from += 500) await store.insert(rows.slice(from, from + 500));
  };
  beforeAll(async () => {
    at = await kind.make();
    storage = await Storage.open(at.url, at.dataDir, silentLog);
    [overview, log] = [new UsageOverview(storage), new UsageLog(storage)];
  });
  afterAll(async () => {
    await storage.onApplicationShutdown();
    await at.remove();
  });
  const all = { client: undefined, provider: undefined, model: undefined };

  it('tells percentiles within ten per cent, or a millisecond, of the exact ones', async () => {
    const times = fc.array(fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 1_800_000 })), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(times, async (latencies) => {
        await refill(latencies.map((latency_ms, index) => row(`r${index}`, { latency_ms, ttft_ms: index % 2 === 0 ? latency_ms : null })));
        const { totals } = await overview.of({ ...all, from: AT, to: AT + 1 });
        const streamed = latencies.filter((_, index) => index % 2 === 0);
        for (const [told, values] of [
          [totals.latency_ms, latencies],
          [totals.ttft_ms, streamed],
        ] as const) {
          for (const [value, share] of [
            [told?.p50, 0.5],
            [told?.p95, 0.95],
          ] as const) {
            const exact = exactly(values, share);
            expect(Math.abs((value ?? NaN) - exact)).toBeLessThanOrEqual(Math.max(1, exact * 0.1));
          }
        }
      }),
      { numRuns: kind.name === 'SQLite' ? 40 : 10 },
    );
  });

  it('adds up by bucket, client, provider and model, and leaves no bucket out', async () => {
    await refill([
      row('1', { started_at: AT }),
      row('2', { started_at: AT + HOUR_MS - 1, status: 502, error: 'cli_failed', client_name: 'b', latency_ms: 10_000, cost_nanos: null }),
      row('3', { started_at: AT + HOUR_MS / 2, status: 499, provider: 'claude', model: 'opus', cache: 'hit', ttft_ms: 7 }),
      row('4', { started_at: AT + HOUR_MS / 2, provider: null, model: null, status: 404, error: 'model_not_found' }),
      row('5', { started_at: AT + HOUR_MS }),
      row('6', { started_at: AT - 1 }),
    ]);
    const told = await overview.of({ ...all, from: AT, to: AT + HOUR_MS });
    expect(told).toMatchObject({ from: '2026-11-26T12:00:00.000Z', to: '2026-11-26T13:00:00.000Z', bucket_seconds: 60 });
    expect(told.totals).toMatchObject({ requests: 4, errors: 2, aborted: 1, prompt_tokens: 40, completion_tokens: 20, cached_tokens: 8, cost_usd: 0.003, cache_hits: 1 });
    expect(told.buckets.map(({ requests }) => requests)).toEqual(Array.from({ length: 60 }, (_, minute) => ({ 0: 1, 30: 2, 59: 1 })[minute] ?? 0));
    expect(told.buckets[1]).toEqual({
      start: '2026-11-26T12:01:00.000Z',
      requests: 0,
      errors: 0,
      aborted: 0,
      prompt_tokens: 0,
      completion_tokens: 0,
      cached_tokens: 0,
      cost_usd: 0,
      cache_hits: 0,
      latency_ms: null,
      ttft_ms: null,
    });
    const named = (names: typeof told.clients): unknown[] => names.map(({ name, requests, errors }) => [name, requests, errors]);
    expect(named(told.clients)).toEqual([
      ['a', 3, 1],
      ['b', 1, 1],
    ]);
    expect(named(told.providers)).toEqual([
      ['openai', 2, 1],
      ['claude', 1, 0],
      [null, 1, 1],
    ]);
    expect(named(told.models).map((each) => (each as unknown[])[0])).toEqual(['gpt', 'opus', null]);
    const filtered = await overview.of({ client: 'a', provider: 'claude', model: 'opus', from: AT, to: AT + HOUR_MS });
    expect([filtered.totals.requests, filtered.totals.ttft_ms]).toEqual([1, { p50: 7, p95: 7 }]);
  });

  it('counts each row once where it takes many statements, and pages through all of them', async () => {
    // More rows of one moment than one statement is to look at, and others around it.
    const many = Array.from({ length: 5300 }, (_, n) => row(`m${String(n).padStart(5, '0')}`, { started_at: AT + 5000 }));
    const around = Array.from({ length: 600 }, (_, n) => row(`x${String(n).padStart(4, '0')}`, { started_at: AT + n * 20, status: n % 3 === 0 ? 500 : 200 }));
    await refill([...many, ...around]);
    expect((await overview.of({ ...all, from: AT, to: AT + HOUR_MS })).totals.requests).toBe(5900);
    const question = { ...all, from: undefined, to: undefined, outcome: 'error', requestId: undefined, before: undefined, limit: 90 } as const;
    const seen: UsageRow[] = [];
    for (let page = await log.list(question, never); page.length > 0; page = await log.list({ ...question, before: seen.at(-1) }, never)) seen.push(...page);
    expect(seen.map(({ id }) => id)).toEqual(
      around
        .filter(({ status }) => status === 500)
        .map(({ id }) => id)
        .reverse(),
    );
    const [first, ...rest] = await log.list({ ...question, outcome: undefined, requestId: 'req-m00007', before: undefined }, never);
    expect([first?.id, rest]).toEqual(['m00007', []]);
  });
});
