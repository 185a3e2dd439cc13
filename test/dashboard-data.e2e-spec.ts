import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { signIn } from './support/dashboard.js';
import { type TestDatabase, testStores } from './support/databases.js';
import { ledgerOf } from './support/ledger.js';

const clients = JSON.stringify({ root: { key: 'sk-root-of-the-test', scopes: ['admin'] }, plain: { key: 'sk-plain-of-the-test' } });
const plain = { authorization: 'Bearer sk-plain-of-the-test' };
const ask = (content: string, more: object = {}): object => ({ model: 'demo', messages: [{ role: 'user', content }], ...more });

describe.each(await testStores())('what the dashboard shows, over $name', (store) => {
  let gateway: Gateway;
  let database: TestDatabase;
  let headers: Record<string, string>;
  const at = (path: string): ReturnType<typeof call> => call(`${gateway.url}/dashboard/api/${path}`, { headers });
  const chat = (body: object, more: Record<string, string> = {}): ReturnType<typeof call> => call(`${gateway.url}/v1/chat/completions`, { headers: { ...plain, ...more }, body });

  beforeAll(async () => {
    database = await store.make();
    gateway = await bootGateway({
      SHELLM_DATA_DIR: database.dataDir,
      SHELLM_PROVIDERS: 'demo',
      SHELLM_CLIENTS: clients,
      ...(database.url === undefined
        ? {}
        : { DATABASE_URL: database.url, SHELLM_KEY_SECRET: 'a-secret-of-all-instances-of-the-test', SHELLM_WEBHOOK_SECRET: 'another-secret-of-all-of-them' }),
    });
    headers = await signIn(gateway.url, 'sk-root-of-the-test');
    await chat(ask('one'), { 'x-request-id': 'the-first-one' });
    await chat(ask('two', { stream: true }));
    await chat(ask('three'), { 'x-shellm-session-id': 'new' });
    await chat({ ...ask('four'), model: 'claude/opus' });
    await call(`${gateway.url}/v1/chat/completions`, { headers, body: ask('five') });
    await ledgerOf(gateway, 5);
  });
  afterAll(async () => {
    await gateway.close();
    await database.remove();
  });

  it('adds up what was asked', async () => {
    const { status, body } = await at('overview');
    expect([status, body.bucket_seconds]).toEqual([200, 900]);
    expect(Date.parse(body.to) - Date.parse(body.from)).toBe(86_400_000);
    expect(body.totals).toMatchObject({
      requests: 5,
      errors: 1,
      aborted: 0,
      cost_usd: 0,
      latency_ms: { p50: expect.any(Number), p95: expect.any(Number) },
      ttft_ms: { p50: expect.any(Number) },
    });
    expect(body.totals.prompt_tokens).toBeGreaterThan(0);
    const buckets = body.buckets as { start: string; requests: number }[];
    expect(buckets.length).toBeGreaterThanOrEqual(96);
    expect(buckets.reduce((sum, { requests }) => sum + requests, 0)).toBe(5);
    buckets.slice(1).forEach(({ start }, index) => {
      expect(Date.parse(start) - Date.parse(buckets[index]?.start ?? '')).toBe(900_000);
    });
    const named = (list: { name: string | null; requests: number; errors: number }[]): unknown => list.map(({ name, requests, errors }) => [name, requests, errors]);
    expect([named(body.clients), named(body.providers)]).toEqual([
      [
        ['plain', 4, 1],
        ['root', 1, 0],
      ],
      [
        ['demo', 4, 0],
        ['claude', 1, 1],
      ],
    ]);
    const narrowed = (await at('overview?client=plain&provider=demo')).body;
    expect(narrowed.totals).toMatchObject({ requests: 3, errors: 0 });
    expect((await at('overview?from=2020-01-01&to=2020-01-02')).body.totals).toMatchObject({ requests: 0, latency_ms: null, ttft_ms: null });
  });

  it('lists requests, page by page', async () => {
    const { status, body } = await at('requests?limit=2');
    expect([status, body.data.length]).toEqual([200, 2]);
    expect(body.data[0]).toMatchObject({
      client: 'root',
      provider: 'demo',
      status: 200,
      error: null,
      streamed: false,
      session: false,
      cache: null,
      fallback_from: null,
      cost_usd: null,
    });
    const seen = [...body.data] as { id: string; client: string; streamed: boolean; session: boolean; ttft_ms: number | null; request_id: string }[];
    for (let { next } = body as { next: string | null }; next !== null;) {
      const page = (await at(`requests?limit=2&before=${encodeURIComponent(next)}`)).body as { data: typeof seen; next: string | null };
      seen.push(...page.data);
      next = page.next;
    }
    expect(new Set(seen.map(({ id }) => id)).size).toBe(5);
    expect(seen.map(({ streamed, session }) => [streamed, session])).toEqual([
      [false, false],
      [false, false],
      [false, true],
      [true, false],
      [false, false],
    ]);
    expect(seen[3]?.ttft_ms).toEqual(expect.any(Number));
    expect(seen[4]?.request_id).toBe('the-first-one');
  });

  it.each([
    ['client=root', 1],
    ['provider=demo', 4],
    ['model=nobody', 0],
    ['outcome=ok', 4],
    ['outcome=error', 1],
    ['outcome=aborted', 0],
    ['request_id=the-first-one', 1],
    ['to=2020-01-01', 0],
    ['from=2020-01-01', 5],
  ])('finds those of %s', async (query, count) => {
    const { data, next } = (await at(`requests?${query}`)).body as { data: unknown[]; next: unknown };
    expect([data.length, next]).toEqual([count, null]);
  });

  it('shows every provider, switched on or not', async () => {
    const { status, body } = await at('providers');
    const providers = body.data as { id: string }[];
    expect([status, providers.map(({ id }) => id)]).toEqual([200, expect.arrayContaining(['claude', 'gemini', 'codex', 'openai', 'cerebras', 'demo'])]);
    expect(providers.find(({ id }) => id === 'demo')).toMatchObject({
      kind: 'cli',
      enabled: true,
      configured: true,
      restricted: false,
      status: 'ready',
      installed: true,
      authenticated: true,
      what_to_do: null,
      breaker: { open: false, retry_after: null },
      models: expect.arrayContaining([expect.any(String)]),
      capabilities: { streaming: 'native' },
      quota: [],
    });
    expect(providers.find(({ id }) => id === 'openai')).toMatchObject({ enabled: false, configured: false, status: 'off', installed: false, authenticated: false, detail: null });
  });

  it("shows every client's sessions", async () => {
    const { body } = await at('sessions');
    expect(body.data).toEqual([
      {
        id: expect.stringMatching(/^[\da-f-]{36}$/),
        client: 'plain',
        provider: 'demo',
        model: expect.any(String),
        turns: 1,
        created_at: expect.stringMatching(/Z$/),
        last_used_at: expect.stringMatching(/Z$/),
        expires_at: expect.stringMatching(/Z$/),
      },
    ]);
  });

  it.each(['overview', 'requests', 'providers', 'sessions'])('shows %s to admins alone', async (path) => {
    expect((await call(`${gateway.url}/dashboard/api/${path}`)).status).toBe(401);
    expect((await call(`${gateway.url}/dashboard/api/${path}`, { headers: plain })).body.error.code).toBe('insufficient_scope');
    expect((await call(`${gateway.url}/dashboard/api/${path}`, { headers: { authorization: 'Bearer sk-root-of-the-test' } })).status).toBe(200);
  });

  it.each([
    ['overview?from=yesterday', 'from'],
    ['overview?from=2026-01-02&to=2026-01-01', 'to'],
    ['overview?from=2026-01-01&to=2026-01-01', 'to'],
    ['overview?from=2020-01-01', 'from'],
    ['overview?group_by=day', 'group_by'],
    ['overview?client=a&client=b', 'client'],
    ['requests?limit=0', 'limit'],
    ['requests?limit=201', 'limit'],
    ['requests?outcome=bad', 'outcome'],
    ['requests?before=nowhere', 'before'],
    ["requests?before=1.'or'1", 'before'],
    ['requests?request_id=a%20b', 'request_id'],
    ['requests?colour=red', 'colour'],
    ['requests?model=a%00b', 'model'],
  ])('refuses %s, and names the field', async (path, param) => {
    expect(await at(path)).toMatchObject({ status: 400, body: { error: { code: 'invalid_parameter', param } } });
  });
});
