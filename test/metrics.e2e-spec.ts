import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { forgetFailures } from './support/forget-failures.js';
import { type MockOpenAi, startMockOpenAI } from './support/mock-openai.mjs';
import { parsePromQl } from './support/promql.js';
import { type Family, parseMetrics, samplesOf, valueOf } from './support/prometheus-text.js';

type Families = ReadonlyMap<string, Family>;

/** What nobody should call a model: everything that an exposition format could stumble over. */
const usage = { input: 100, cached: 40, output: 20, reasoning: 8 };
const hostile = ['quote" \\ back\\n', 'new\nline\r\ttab', 'umlaut ä, 漢字, 👍', '\u2028\u200b', '{}=,"} 1', 'x'.repeat(200)];

async function scrape(url: string, key?: string): Promise<Families> {
  const { status, body } = await call(`${url}/metrics`, key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } });
  expect(status).toBe(200);
  return parseMetrics(body as string);
}

/** A scrape may be given out again for some moments. */
async function settled(url: string, key: string, isThere: (families: Families) => boolean): Promise<Families> {
  let families: Families = new Map();
  await eventually(async () => isThere((families = await scrape(url, key))));
  return families;
}

describe('/metrics', () => {
  let vendor: MockOpenAi;
  let files: string;
  let gateway: Gateway;
  beforeAll(async () => {
    vendor = await startMockOpenAI({});
    vendor.config({ usage });
    files = mkdtempSync(join(tmpdir(), 'metrics-'));
    writeFileSync(join(files, 'shellm.config.yaml'), 'prices:\n  "openai/*": { input: 1, output: 2 }\n');
    gateway = await bootGateway({
      OPENAI_BASE_URL: `${vendor.url}/v1`,
      OPENAI_API_KEY: 'sk-server-key',
      CEREBRAS_BASE_URL: `${vendor.url}/cerebras/v1`,
      CEREBRAS_API_KEY: 'csk-server-key',
      SHELLM_CONFIG: join(files, 'shellm.config.yaml'),
      SHELLM_PROVIDERS: 'openai,cerebras,demo',
      SHELLM_FALLBACK_CHAIN: 'openai,cerebras',
      SHELLM_MAX_CONCURRENT: '4',
      SHELLM_QUEUE_DEPTH: '100',
      SHELLM_CLIENTS: JSON.stringify({
        app: { key: 'app-key' },
        'other-app': { key: 'other-key' },
        watch: { key: 'watch-key', scopes: ['metrics'], rpm: 1 },
        boss: { key: 'boss-key', scopes: ['admin'] },
      }),
    });
  });
  afterAll(async () => {
    await gateway.close();
    await vendor.close();
    rmSync(files, { recursive: true });
  });

  const chat = (change: object, key = 'app-key', signal?: AbortSignal): Promise<Response> =>
    fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'openai/gpt-mock', messages: [{ role: 'user', content: 'hi' }], ...change }),
      ...(signal ? { signal } : {}),
    });

  it('needs a key that may, asks nothing of its limits, and is no line in the log of requests', async () => {
    const ask = (headers: Record<string, string>): Promise<Awaited<ReturnType<typeof call>>> => call(`${gateway.url}/metrics`, { headers });
    expect(await ask({})).toMatchObject({ status: 401, body: { error: { code: 'invalid_api_key' } } });
    expect(await ask({ authorization: 'Bearer wrong' })).toMatchObject({ status: 401 });
    expect(await ask({ authorization: 'Bearer app-key' })).toMatchObject({ status: 403, body: { error: { code: 'insufficient_scope' } } });
    for (let scrapes = 0; scrapes < 3; scrapes += 1) {
      const { status, headers } = await ask({ 'x-api-key': 'watch-key' });
      expect([status, headers.get('content-type'), headers.get('x-ratelimit-limit-requests')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8', null]);
    }
    expect((await ask({ authorization: 'Bearer boss-key' })).status).toBe(200);
    const open = await ask({ authorization: 'Bearer watch-key', accept: 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5' });
    expect(open.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(valueOf(parseMetrics(open.body as string, 'openmetrics'), 'shellm_http_requests_total', { route: '/metrics', status: '403' })).toBe(1);
    expect((await call(`${gateway.url}/metrics`, { method: 'POST', headers: { authorization: 'Bearer watch-key' }, body: {} })).status).toBe(405);
  });

  it('counts exactly what was asked, by 64 clients at once that stream, leave and fail, with names that nobody should use', async () => {
    const before = await scrape(gateway.url, 'watch-key');
    vendor.config({ usage, chunks: ['one ', 'two ', 'three '], intervalMs: 2 });
    const work = Array.from({ length: 64 }, async (_, index): Promise<number> => {
      const key = index % 2 === 0 ? 'app-key' : 'other-key';
      const name = hostile[index % hostile.length] ?? '';
      switch (index % 4) {
        case 0:
          return drained(await chat({ model: `openai/${name}` }, key));
        case 1:
          return drained(await chat({ model: `openai/${name}`, stream: true }, key));
        case 2:
          return drained(await chat({ model: 'demo', stream: true }, key));
        default:
          return drained(await chat({ model: 'openai/gpt-mock', messages: 5 }, key));
      }
    });
    const statuses = await Promise.all(work);
    expect(statuses.flatMap((status, index) => (status === 200 || index % 4 === 3 ? [] : [[index, status]]))).toEqual([]);
    expect(statuses.filter((status) => status === 200)).toHaveLength(48);
    expect(statuses.filter((status) => status === 400)).toHaveLength(16);
    const leaves = Array.from({ length: 8 }, async () => {
      const abort = new AbortController();
      const answer = await chat({ stream: true, model: 'openai/left' }, 'app-key', abort.signal);
      await answer.body!.getReader().read();
      abort.abort();
    });
    vendor.config({ chunks: Array.from({ length: 400 }, () => 'word '), intervalMs: 5 });
    await Promise.all(leaves);
    const after = await settled(gateway.url, 'watch-key', (families) => valueOf(families, 'shellm_completions_total', { model: 'left', status: '499' }) === 8);
    const grown = (name: string, labels: Record<string, string> = {}): number => valueOf(after, name, labels) - valueOf(before, name, labels);
    expect(grown('shellm_completions_total', { status: '200' })).toBe(48);
    expect(grown('shellm_completions_total')).toBe(56);
    expect(grown('shellm_completion_duration_seconds_count')).toBe(56);
    expect(grown('shellm_completions_total', { provider: 'demo', model: 'demo', status: '200' })).toBe(16);
    expect(grown('shellm_time_to_first_token_seconds_count', { provider: 'openai', client: 'other-app' })).toBe(16);
    expect(grown('shellm_http_requests_total', { method: 'POST', route: '/v1/chat/completions', status: '200' })).toBe(56);
    expect(grown('shellm_http_requests_total', { route: '/v1/chat/completions', status: '400' })).toBe(16);
    expect(grown('shellm_http_request_duration_seconds_count', { route: '/v1/chat/completions' })).toBe(72);
    expect(grown('shellm_errors_total', { code: 'invalid_parameter' })).toBe(16);
    expect(grown('shellm_errors_total', { code: 'client_closed_request' })).toBe(8);
    expect(grown('shellm_queue_wait_seconds_count', { line: 'interactive' })).toBe(16);
    const models = new Set(samplesOf(after, 'shellm_completions_total', { provider: 'openai', status: '200' }).map(({ labels }) => labels['model']));
    for (const name of ['quote" \\ back\\n', 'new?line??tab', 'umlaut ä, 漢字, 👍', '\u2028\u200b', '{}=,"} 1', 'x'.repeat(200)]) expect(models).toContain(name);
    const sums = { prompt: 3200, completion: 896, cached: 1280, reasoning: 256 };
    for (const [type, tokens] of Object.entries(sums)) {
      const left = valueOf(after, 'shellm_tokens_total', { type, model: 'left' });
      expect([type, grown('shellm_tokens_total', { type, provider: 'openai' }) - left]).toEqual([type, tokens]);
    }
    expect(valueOf(after, 'shellm_http_requests_in_flight')).toBeGreaterThan(0);
    expect(valueOf(after, 'shellm_turn_slots_max')).toBe(4);
    expect(valueOf(after, 'shellm_turn_slots_active')).toBe(0);
    expect(valueOf(after, 'shellm_processes', { provider: 'demo' })).toBeGreaterThan(0);
    expect(valueOf(after, 'shellm_process_resident_memory_bytes', { provider: 'demo' })).toBeGreaterThan(1024 ** 2);
    expect(valueOf(after, 'nodejs_heap_size_used_bytes')).toBeGreaterThan(1024 ** 2);
  });

  it('knows costs, cache and fallbacks, breakers, and paths by their routes', async () => {
    vendor.reset();
    vendor.config({ usage });
    const before = await settled(gateway.url, 'watch-key', () => true);
    await drained(await chat({ model: 'openai/priced' }));
    const cached = { model: 'openai/kept', cache: 60 };
    await drained(await chat(cached));
    await drained(await chat(cached));
    vendor.queue({ status: 500 });
    expect((await chat({ model: 'openai/gpt-down' })).headers.get('x-shellm-fallback')).toBe('true');
    for (const path of ['/v1/models/openai%2Fgpt-mock', '/v1/models/secret-name', '/nowhere/at/all', '/health/live?x=1'])
      await call(`${gateway.url}${path}`, { headers: { authorization: 'Bearer app-key' } });
    const after = await settled(gateway.url, 'watch-key', (families) => valueOf(families, 'shellm_http_requests_total', { route: '/health/live' }) === 1);
    const grown = (name: string, labels: Record<string, string> = {}): number => valueOf(after, name, labels) - valueOf(before, name, labels);
    expect(grown('shellm_cost_dollars_total', { model: 'priced', client: 'app' })).toBeCloseTo((100 + 28 * 2) / 1e6, 9);
    expect([grown('shellm_cache_requests_total', { result: 'hit' }), grown('shellm_cache_requests_total', { result: 'miss' })]).toEqual([1, 1]);
    expect(grown('shellm_fallbacks_total', { from: 'openai', to: 'cerebras', code: 'upstream_error' })).toBe(1);
    expect(grown('shellm_http_requests_total', { method: 'GET', route: '/v1/models/*' }) + grown('shellm_http_requests_total', { method: 'GET', route: '/v1/models/:id' })).toBe(2);
    expect(grown('shellm_http_requests_total', { route: 'unmatched', status: '404' })).toBe(1);
    expect(JSON.stringify([...after.values()])).not.toContain('secret-name');
    expect(valueOf(after, 'shellm_provider_up', { provider: 'openai' })).toBe(1);
    for (let failures = 0; failures < 5; failures += 1) {
      vendor.queue({ status: 500 });
      await drained(await chat({ model: 'openai/gpt-mock', fallback: false }));
    }
    const broken = await settled(gateway.url, 'watch-key', (families) => valueOf(families, 'shellm_provider_up', { provider: 'openai' }) === 0);
    expect(samplesOf(broken, 'shellm_circuit_breaker_state', { provider: 'openai' }).map(({ labels, value }) => [labels['state'], value])).toEqual([
      ['closed', 0],
      ['half-open', 0],
      ['open', 1],
    ]);
    forgetFailures(gateway);
  });

  it('has all that the dashboard and the alerts ask for, by the labels that they ask for', async () => {
    const families = await scrape(gateway.url, 'watch-key');
    const dashboard = JSON.parse(readFileSync('deploy/grafana/shellm-dashboard.json', 'utf8')) as Dashboard;
    const { groups } = parse(readFileSync('deploy/prometheus/alerts.yaml', 'utf8')) as Alerts;
    const rules = groups.flatMap((group) => group.rules);
    const panels = dashboard.panels.filter(({ type }) => type !== 'row');
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    for (const { gridPos, datasource } of panels) expect([gridPos.x + gridPos.w <= 24, datasource?.uid]).toEqual([true, '${datasource}']);
    const asked = panels.flatMap(({ targets = [] }) => targets.map(({ expr, legendFormat }) => ({ expr, shown: labelsIn(legendFormat, /\{\{(\w+)\}\}/g) })));
    const alerts = rules.map(({ expr, annotations }) => ({ expr, shown: labelsIn(JSON.stringify(annotations), /\$labels\.(\w+)/g) }));
    expect([asked.length > 40, alerts.length > 10]).toEqual([true, true]);
    for (const { expr, shown } of [...asked, ...alerts]) {
      expectToBeThere(families, expr, shown);
    }
    for (const { name, query } of dashboard.templating.list.filter(({ type }) => type === 'query')) {
      const [, metric = '', label = ''] = /^label_values\((\w+), (\w+)\)$/.exec((query as { query: string }).query) ?? [];
      expect([name, labelsOf(families, metric).has(label)]).toEqual([name, true]);
    }
  });

  it('is open where there are no clients, under any Host, and where the operator says so', async () => {
    const [open, off] = await Promise.all([bootGateway(), bootGateway({ SHELLM_METRICS_AUTH: 'off', SHELLM_CLIENTS: JSON.stringify({ app: { key: 'app-key' } }) })]);
    try {
      for (const gateway of [open, off]) {
        const answer = await new Promise<number | undefined>((resolve) => {
          request(`${gateway.url}/metrics`, { headers: { host: 'prometheus.internal:9090' } }, (response) => {
            response.resume();
            resolve(response.statusCode);
          }).end();
        });
        expect(answer).toBe(200);
        expect(valueOf(await scrape(gateway.url), 'shellm_build_info')).toBe(1);
      }
      expect((await call(`${off.url}/v1/models`)).status).toBe(401);
    } finally {
      await Promise.all([open.close(), off.close()]);
    }
  });
});

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly type: string;
    readonly gridPos: { readonly x: number; readonly w: number };
    readonly datasource?: { readonly uid: string };
    readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string; readonly query: unknown }[] };
}

interface Alerts {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string; readonly annotations: object }[] }[];
}

/** The labels that a metric's samples have; those of the scrape itself too. @throws for a metric that is not there */
function labelsOf(families: Families, metric: string): ReadonlySet<string> {
  const family = families.get(metric) ?? families.get(metric.replace(/_(bucket|sum|count)$/, ''));
  if (!family) throw new Error(`there is no metric ${metric}`);
  return new Set(['instance', 'job', ...family.samples.filter(({ name }) => name === metric).flatMap(({ labels }) => Object.keys(labels))]);
}

/** @param shown the labels that are shown of its result */
function expectToBeThere(families: Families, expr: string, shown: readonly string[]): void {
  const { selectors, groupings } = parsePromQl(expr.replaceAll('$__rate_interval', '5m').replaceAll('$__range', '1h'));
  const known = selectors.map(({ metric, labels }) => {
    const own = labelsOf(families, metric);
    for (const label of labels) expect([expr, metric, own.has(label)]).toEqual([expr, metric, true]);
    return own;
  });
  for (const label of groupings) expect([expr, label, known.some((own) => own.has(label))]).toEqual([expr, label, true]);
  const left = groupings.length > 0 ? new Set(groupings) : known[0]!;
  for (const label of shown) expect([expr, label, left.has(label)]).toEqual([expr, label, true]);
}

function labelsIn(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, label = '']) => label);
}

async function drained(answer: Response): Promise<number> {
  await answer.text();
  return answer.status;
}
