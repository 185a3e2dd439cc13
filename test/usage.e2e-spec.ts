import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { type TestDatabase, testStores } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { forgetFailures } from './support/forget-failures.js';
import { type MockOpenAi, startMockOpenAI } from './support/mock-openai.mjs';

const prices = `
prices:
  "openai/*": { input: 1, output: 2 }
  "openai/gpt-mock": { input: 2.5, output: 10, cached_input: 0.25 }
`;
const usage = { input: 100, cached: 40, output: 20, reasoning: 8 };
/** The vendor counts thinking as output: (100 - 40) * 2.5 + 40 * 0.25 + 28 * 10 dollars a million. */
const COST = 0.00044;

interface Sum {
  readonly model: string;
  readonly requests: number;
  readonly errors: number;
  readonly prompt_tokens: number;
}
type Answer = Awaited<ReturnType<typeof call>>;

describe.each(await testStores())('usage over $name', (store) => {
  let vendor: MockOpenAi;
  let at: TestDatabase;
  let files: string;
  let gateway: Gateway;
  beforeAll(async () => {
    vendor = await startMockOpenAI({});
    at = await store.make();
    files = mkdtempSync(join(tmpdir(), 'usage-'));
    writeFileSync(join(files, 'shellm.config.yaml'), prices);
    gateway = await bootGateway({
      OPENAI_BASE_URL: `${vendor.url}/v1`,
      OPENAI_API_KEY: 'sk-server-key',
      SHELLM_CONFIG: join(files, 'shellm.config.yaml'),
      SHELLM_PROVIDERS: 'openai,demo',
      ...(at.url === undefined ? {} : { DATABASE_URL: at.url, SHELLM_KEY_SECRET: 'k'.repeat(40), SHELLM_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}` }),
      SHELLM_CLIENTS: JSON.stringify({
        app: { key: 'app-key' },
        narrow: { key: 'narrow-key', models: ['openai/gpt-4*'] },
        rich: { key: 'rich-key', budget: { usd: 1, tokens: 5000, period: 'month' } },
        boss: { key: 'boss-key', scopes: ['admin'] },
      }),
    });
  });
  afterAll(async () => {
    await gateway.close();
    await vendor.close();
    await at.remove();
    rmSync(files, { recursive: true });
  });

  const report = (query: string): Promise<Answer> => call(`${gateway.url}/admin/usage?${query}`, { headers: { authorization: 'Bearer boss-key' } });
  const ask = (path: string, body: object, key = 'app-key', headers: Record<string, string> = {}): Promise<Answer> =>
    call(`${gateway.url}${path}`, { headers: { authorization: `Bearer ${key}`, ...headers }, body });
  const chat = (change: object = {}, key?: string): Promise<Answer> =>
    ask('/v1/chat/completions', { model: 'openai/gpt-mock', messages: [{ role: 'user', content: 'hi' }], ...change }, key);
  /** What a model took, asked for under a name that no other test uses: an alias would hide it. */
  const rowOf = async (filter: string): Promise<Answer['body']> => (await report(filter)).body.data[0];

  it('is the vendor’s, whatever the endpoint, streamed or not', async () => {
    vendor.config({ usage });
    const said = { model: 'openai/gpt-mock', messages: [{ role: 'user', content: 'hi' }] };
    await ask('/v1/chat/completions', said);
    await ask('/v1/chat/completions', { ...said, stream: true });
    await ask('/v1/chat/completions', { ...said, stream: true, stream_options: { include_usage: true } });
    await ask('/v1/messages', { ...said, max_tokens: 9 });
    await ask('/v1/messages', { ...said, max_tokens: 9, stream: true });
    await ask('/v1/responses', { model: said.model, input: 'hi', stream: true });
    await ask('/completions', { model: said.model, prompt: 'hi' });
    await ask('/completions/stream', { model: said.model, prompt: 'hi' });
    const background = await ask('/v1/responses', { model: said.model, input: 'hi', background: true });
    await eventually(
      async () => (await call(`${gateway.url}/v1/responses/${String(background.body.id)}`, { headers: { authorization: 'Bearer app-key' } })).body.status === 'completed',
    );
    expect(vendor.requests.filter(({ method }) => method === 'POST')).toHaveLength(9);
    const { status, body } = await report('group_by=client,provider,model,day&client=app');
    expect(status).toBe(200);
    expect(body).toEqual({
      object: 'list',
      data: [
        {
          client: 'app',
          provider: 'openai',
          model: 'gpt-mock',
          day: new Date().toISOString().slice(0, 10),
          requests: 9,
          errors: 0,
          aborted_requests: 0,
          prompt_tokens: 900,
          completion_tokens: 252,
          cached_tokens: 360,
          cache_write_tokens: 0,
          reasoning_tokens: 72,
          scaffold_tokens: 0,
          estimated_requests: 0,
          cost_usd: expect.closeTo(9 * COST, 9),
          cache_hits: 0,
        },
      ],
    });
    vendor.reset();
    await ask('/v1/embeddings', { model: 'openai/emb', input: 'four words are here' });
    expect(await rowOf('model=emb')).toMatchObject({ requests: 1, prompt_tokens: 5, completion_tokens: 0, cost_usd: 0.000005 });
  });

  it('has what failed, and who was refused', async () => {
    const before = (await rowOf('client=narrow')) as { requests: number };
    expect(before.requests).toBe(0);
    expect((await chat({}, 'narrow-key')).status).toBe(403);
    expect((await chat({ provider: 'demo', model: 'no/such' }, 'narrow-key')).status).toBeGreaterThan(399);
    vendor.queue({ status: 500 });
    expect((await chat({ model: 'openai/gpt-4x', fallback: false }, 'narrow-key')).status).toBe(502);
    vendor.queue({ status: 400 });
    expect((await chat({ model: 'openai/gpt-4y' }, 'narrow-key')).status).toBe(400);
    forgetFailures(gateway);
    // Refused at the door: in the log alone.
    expect((await chat({ messages: 5 }, 'narrow-key')).status).toBe(400);
    expect((await ask('/v1/chat/completions', {}, 'wrong')).status).toBe(401);
    const { body } = await report('client=narrow&group_by=model');
    const models = (body.data as Sum[]).map(({ model, requests, errors, prompt_tokens: tokens }) => [model, requests, errors, tokens]);
    expect(models).toEqual(
      expect.arrayContaining([
        ['gpt-mock', 1, 1, 0],
        ['gpt-4x', 1, 1, 0],
        ['gpt-4y', 1, 1, 0],
      ]),
    );
    expect((await rowOf('client=narrow')) as object).toMatchObject({ requests: 4, errors: 4, prompt_tokens: 0, cost_usd: 0 });
  });

  it('tells a client that left from one that failed, with a guess at what it took', async () => {
    vendor.config({ chunks: Array.from({ length: 400 }, () => 'word '), intervalMs: 5 });
    const abort = new AbortController();
    const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer app-key', 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'openai/gpt-left', stream: true, messages: [{ role: 'user', content: 'word '.repeat(400) }] }),
      signal: abort.signal,
    });
    const reader = answer.body!.getReader();
    for (let read = 0; read < 5; read += 1) await reader.read();
    abort.abort();
    await eventually(async () => ((await rowOf('model=gpt-left')) as { requests: number }).requests === 1);
    const row = await rowOf('model=gpt-left');
    expect(row).toMatchObject({ errors: 0, aborted_requests: 1, estimated_requests: 1 });
    expect(row.prompt_tokens).toBeGreaterThan(300);
    expect(row.completion_tokens).toBeGreaterThan(1);
    vendor.reset();
  });

  it('costs nothing of a model without a price', async () => {
    expect((await chat({ model: 'demo/demo' })).status).toBe(200);
    expect(await rowOf('provider=demo&client=app')).toMatchObject({ cost_usd: 0, errors: 0, requests: 1 });
    expect((await rowOf('provider=demo&client=app')).completion_tokens).toBeGreaterThan(0);
  });

  it('is told of any time, and refuses what is none', async () => {
    vendor.config({ usage });
    const before = Math.floor(Date.now() / 1000);
    await chat({ model: 'openai/gpt-when' });
    const [today, tomorrow] = [0, 1].map((days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10));
    const count = async (query: string): Promise<number> => (await rowOf(`model=gpt-when&${query}`)).requests as number;
    expect(await count(`from=${before}`)).toBe(1);
    expect(await count(`to=${before}`)).toBe(0);
    expect(await count(`from=${today}&to=${tomorrow}`)).toBe(1);
    expect(await count(`from=${tomorrow}`)).toBe(0);
    expect(await count(`from=${before}&to=${before}`)).toBe(0);
    expect(await count(`from=${new Date(before * 1000).toISOString()}`)).toBe(1);
    expect(await count(`from=${today}T00:00:00+00:00`)).toBe(1);
    for (const [field, value] of [
      ['from', 'yesterday'],
      ['from', '2026-02-30'],
      ['from', ''],
      ['to', '2026-13-01'],
      ['to', '1e9'],
      ['group_by', 'client,colour'],
      ['client', ''],
      ['client', '%00'],
      ['provider', 'a%00b'],
      ['model', 'gpt%00'],
      ['colour', 'red'],
    ]) {
      const { status, body } = await report(`${field}=${value}`);
      expect([status, body.error.code, body.error.param]).toEqual([400, 'invalid_parameter', field]);
    }
    expect((await report(`from=${tomorrow}&to=${today}`)).body.error.param).toBe('to');
    expect((await call(`${gateway.url}/admin/usage`, { headers: { authorization: 'Bearer app-key' } })).status).toBe(403);
    vendor.reset();
  });

  it('is shown of a key with a budget', async () => {
    vendor.config({ usage });
    await chat({}, 'rich-key');
    const { body } = await call(`${gateway.url}/admin/keys/client:rich`, { headers: { authorization: 'Bearer boss-key' } });
    const end = new Date();
    end.setUTCMonth(end.getUTCMonth() + 1, 1);
    expect(body.budget).toEqual({
      usd: 1,
      tokens: 5000,
      period: 'month',
      spent_usd: expect.closeTo(COST, 9),
      spent_tokens: 128,
      resets_at: Math.floor(end.setUTCHours(0, 0, 0, 0) / 1000),
    });
    const issued = await call(`${gateway.url}/admin/keys`, { headers: { authorization: 'Bearer boss-key' }, body: { name: 'poor', budget: { tokens: 100, period: 'day' } } });
    expect((await chat({}, issued.body.key as string)).status).toBe(200);
    expect((await chat({}, issued.body.key as string)).status).toBe(429);
    const { data } = (await call(`${gateway.url}/admin/keys`, { headers: { authorization: 'Bearer boss-key' } })).body;
    expect((data as { name: string; budget: { spent_tokens: number } | null }[]).map(({ name, budget }) => [name, budget?.spent_tokens])).toEqual([
      ['app', undefined],
      ['narrow', undefined],
      ['rich', 128],
      ['boss', undefined],
      ['poor', 128],
    ]);
    // A budget that is raised counts at once, and knows what was spent before.
    await call(`${gateway.url}/admin/keys/${String(issued.body.id)}`, {
      method: 'PATCH',
      headers: { authorization: 'Bearer boss-key' },
      body: { budget: { tokens: 129, period: 'day' } },
    });
    expect((await chat({}, issued.body.key as string)).status).toBe(200);
    expect((await chat({}, issued.body.key as string)).status).toBe(429);
    expect((await rowOf('client=poor')) as object).toMatchObject({ requests: 4, errors: 2, prompt_tokens: 200 });
    vendor.reset();
  });

  it('is told by the command', async () => {
    const run = async (...args: string[]): Promise<{ readonly out: string }> => {
      const child = spawn(process.execPath, ['dist/cli/main.js', 'usage', ...args], {
        env: {
          PATH: '/usr/bin:/bin',
          SHELLM_DATA_DIR: gateway.dataDir,
          ...(at.url === undefined ? {} : { DATABASE_URL: at.url }),
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let out = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (out += chunk.toString()));
      await once(child, 'close');
      return { out };
    };
    const { body } = await report('group_by=client');
    if (at.url !== undefined) expect(JSON.parse((await run('--by', 'client', '--json')).out)).toEqual(body.data);
    else
      expect((await run('--by', 'client,day', '--client', 'poor')).out).toMatch(
        /^client {2}day +requests {2}errors {2}prompt {2}cached {2}completion {2}dollars\npoor {4}\d{4}-\d\d-\d\d +4 +2 +200 +80 +56 +0\.0009\n$/,
      );
  });
});
