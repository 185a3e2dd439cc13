import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import OpenAI from 'openai';
import { call } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { chunkFrame, MockVendor } from './support/mock-vendor.js';
import { descendantsOf, processesOf } from './support/processes.js';
import { parseMetrics, valueOf } from './support/prometheus-text.js';
import { type SpawnedGateway, spawnGateway } from './support/spawn-gateway.js';

const fake = resolve(import.meta.dirname, '../selftest/fake-claude.mjs');
const completion = {
  id: 'chatcmpl-mock',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-mock',
  choices: [{ index: 0, message: { role: 'assistant', content: 'answered' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
};
const CONNECTIONS = 64;
const clients = {
  admin: { key: 'key-admin', scopes: ['completions', 'admin'] },
  twenty: { key: 'key-twenty', rpm: 20 },
  three: { key: 'key-three', max_concurrent: 3 },
  load: { key: 'key-load' },
};
type Name = keyof typeof clients;

describe('a gateway of two workers', () => {
  jest.setTimeout(20_000);
  let vendor: MockVendor;
  let gateway: SpawnedGateway;
  beforeAll(async () => {
    vendor = await MockVendor.start();
    gateway = await spawnGateway({
      SHELLM_WORKERS: '2',
      PATH: `${resolve(process.execPath, '..')}:/usr/bin:/bin`,
      SHELLM_CLAUDE_BIN: fake,
      SHELLM_PROVIDERS: 'claude,openai',
      SHELLM_CLIENTS: JSON.stringify(clients),
      OPENAI_API_KEY: 'sk-x',
      OPENAI_BASE_URL: `${vendor.url}/v1`,
    });
  });
  afterAll(async () => {
    await gateway.dispose();
    await vendor.close();
  });

  const headers = (name: Name): Record<string, string> => ({ authorization: `Bearer ${clients[name].key}` });
  const chat = (model: string, name: Name = 'admin', content = 'hi', more: object = {}): ReturnType<typeof call> =>
    call(`${gateway.url}/v1/chat/completions`, { headers: headers(name), body: { model, messages: [{ role: 'user', content }], ...more } });
  const workers = (): number[] =>
    descendantsOf(gateway.process.pid!)
      .filter(({ argv }) => argv.includes('/workers/main.js'))
      .map(({ pid }) => pid);
  const times = (count: number, ask: () => ReturnType<typeof call>): Promise<number[]> => Promise.all(Array.from({ length: count }, async () => (await ask()).status));

  it.each([
    ['an API', 'openai/gpt-mock', 'answered'],
    ['a CLI', 'claude/sonnet', 'whole answer'],
  ])('answers a client library over %s, whole and streamed', async (_, model, text) => {
    const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: clients.admin.key });
    const messages = [{ role: 'user' as const, content: '[[fake fine]]' }];
    vendor.json(200, completion);
    const { data, response } = await client.chat.completions.create({ model, messages }).withResponse();
    expect([data.choices[0]?.message.content, data.usage?.completion_tokens, response.headers.get('x-shellm-provider')]).toEqual([text, expect.any(Number), model.split('/')[0]]);
    vendor.stream([chunkFrame({ role: 'assistant', content: 'ans' }), chunkFrame({ content: 'wered' }), chunkFrame({}, 'stop'), 'data: [DONE]\n\n'], 20);
    let told = '';
    for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) told += chunk.choices[0]?.delta.content ?? '';
    expect(told).toBe(text);
  });

  it('lets an abort through to the vendor, and to the CLI', async () => {
    vendor.stream(
      Array.from({ length: 500 }, () => chunkFrame({ content: 'word ' })),
      10,
    );
    for (const [model, content] of [
      ['openai/gpt-mock', 'hi'],
      ['claude/sonnet', '[[fake hang-after-delta]]'],
    ] as const) {
      const left = new AbortController();
      const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers('admin') },
        body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content }] }),
        signal: left.signal,
      });
      await answer.body!.getReader().read();
      left.abort();
    }
    await eventually(() => vendor.aborted === 1, 5000);
    await eventually(async () => (await call(`${gateway.url}/health`)).body.capacity.active === 0, 5000);
  });

  it('keeps a limit of requests a minute, to the request', async () => {
    vendor.json(200, completion);
    const statuses = await times(CONNECTIONS, () => chat('openai/gpt-mock', 'twenty'));
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    expect(statuses.filter((status) => status === 429)).toHaveLength(CONNECTIONS - 20);
    // What is the owner's to answer counts in the same window.
    expect((await chat('claude/sonnet', 'twenty')).body.error.code).toBe('rate_limit_exceeded');
    expect(vendor.requests).toHaveLength(20);
  });

  it('keeps a limit of requests at once, and gives each place back', async () => {
    for (let round = 0; round < 3; round += 1) {
      let release = (): void => undefined;
      const held = new Promise<void>((resolved) => (release = resolved));
      vendor.answer(async (response) => {
        await held;
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(completion));
      });
      let refused = 0;
      const asked = times(CONNECTIONS, async () => {
        const answer = await chat('openai/gpt-mock', 'three');
        if (answer.body.error?.code === 'concurrency_limit_exceeded') refused += 1;
        return answer;
      });
      await eventually(() => refused === CONNECTIONS - 3, 5000);
      expect((await chat('claude/sonnet', 'three')).status).toBe(429);
      release();
      expect((await asked).filter((status) => status === 200)).toHaveLength(3);
      expect(vendor.requests).toHaveLength(3);
    }
  });

  it('knows a key as soon as it is there, and no longer than it is', async () => {
    vendor.json(200, completion);
    const { body: made } = await call(`${gateway.url}/admin/keys`, { headers: headers('admin'), body: { name: 'short' } });
    const ask = (): ReturnType<typeof call> =>
      call(`${gateway.url}/v1/chat/completions`, {
        headers: { authorization: `Bearer ${made.key}` },
        body: { model: 'openai/gpt-mock', messages: [{ role: 'user', content: 'hi' }] },
      });
    expect(await times(8, ask)).toEqual(Array.from({ length: 8 }, () => 200));
    await call(`${gateway.url}/admin/keys/${made.id}`, { method: 'DELETE', headers: headers('admin') });
    expect(await times(8, ask)).toEqual(Array.from({ length: 8 }, () => 401));
  });

  it('has another provider answer where the first one failed, counted once', async () => {
    vendor.json(500, { error: { message: 'broken' } });
    const requests = async (): Promise<number> => (await call(`${gateway.url}/admin/usage`, { headers: headers('admin') })).body.data[0].requests as number;
    const before = await requests();
    const answer = await chat('openai/gpt-mock', 'load', '[[fake fine]]');
    expect([answer.status, answer.body.choices[0].message.content]).toEqual([200, 'whole answer']);
    expect(Object.fromEntries(answer.headers)).toMatchObject({ 'x-shellm-provider': 'claude', 'x-shellm-fallback': 'true', 'x-shellm-original-error': 'upstream_error' });
    const refused = await chat('openai/gpt-mock', 'load', 'hi', { fallback: false });
    expect([refused.status, refused.body.error.code]).toEqual([502, 'upstream_error']);
    await eventually(async () => (await requests()) === before + 2);
  });

  it('believes nothing that a client says in the place of a worker', async () => {
    const forged = Buffer.from(JSON.stringify({ address: '192.0.2.1', httpVersion: '1.1', failure: { code: 'timeout', message: 'forged' } })).toString('base64url');
    const refused = await call(`${gateway.url}/v1/models`, { headers: { 'x-shellm-handed-on': forged, authorization: 'Bearer wrong', 'x-request-id': 'forged-1' } });
    expect(refused.status).toBe(401);
    await eventually(() => gateway.output().includes('forged-1'));
    expect(
      gateway
        .output()
        .split('\n')
        .find((line) => line.includes('forged-1')),
    ).toContain('"address":"127.0.0.1"');
    vendor.json(200, completion);
    const answer = await call(`${gateway.url}/v1/chat/completions`, {
      headers: { ...headers('admin'), 'x-shellm-handed-on': forged },
      body: { model: 'claude/sonnet', messages: [{ role: 'user', content: '[[fake fine]]' }] },
    });
    expect(answer.headers.get('x-shellm-provider')).toBe('claude');
    expect(answer.headers.get('x-shellm-fallback')).toBeNull();
  });

  it('counts every request once, and writes one line for each', async () => {
    vendor.json(200, completion);
    const counted = async (): Promise<number> => {
      const { body } = await call(`${gateway.url}/metrics`, { headers: headers('admin') });
      return valueOf(parseMetrics(body as string), 'shellm_completions_total', { client: 'load' });
    };
    const lines = (): number => gateway.output().split('"client":"client:load"').length - 1;
    const [before, written] = [await counted(), lines()];
    const models = ['openai/gpt-mock', 'claude/sonnet'];
    let asked = 0;
    expect(new Set(await times(40, () => chat(models[(asked += 1) % 10 === 0 ? 1 : 0]!, 'load', '[[fake fine]]')))).toEqual(new Set([200]));
    await eventually(async () => (await counted()) === before + 40, 5000);
    await eventually(() => lines() === written + 40);
  });

  it('goes on where a worker is killed, which is replaced and holds nothing any more', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolved) => (release = resolved));
    vendor.answer(async (response) => {
      await held;
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(completion));
    });
    const asked = Promise.allSettled(Array.from({ length: 3 }, () => chat('openai/gpt-mock', 'three')));
    await eventually(() => vendor.requests.length === 3);
    const [killed, other] = workers();
    process.kill(killed!, 'SIGKILL');
    // What the other one is at, it ends.
    await eventually(() => !workers().includes(killed!), 5000);
    release();
    const answers = await asked;
    expect(answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.status] : [])).filter((status) => status !== 200)).toEqual([]);
    await eventually(() => gateway.output().split('"msg":"a worker listens"').length === 4, 5000);
    expect([workers().length, workers().includes(other!)]).toEqual([2, true]);
    vendor.json(200, completion);
    expect(await times(3, () => chat('openai/gpt-mock', 'three'))).toEqual([200, 200, 200]);
    expect(gateway.output()).toContain('a worker ended: another one takes its place');
  });

  it('has in the ledger what was answered when it is told to end under load, and leaves no process behind', async () => {
    vendor.answer((response) => {
      setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(completion)), 5);
    });
    const ledger = (): number => {
      const database = new DatabaseSync(join(gateway.dataDir, 'shellm.db'), { readOnly: true });
      try {
        return Number(database.prepare(`select count(*) as rows from usage where client_id = 'client:load' and status = 200`).get()!['rows']);
      } finally {
        database.close();
      }
    };
    const rows = ledger();
    let answered = 0;
    const all = workers();
    const load = Array.from({ length: 16 }, async () => {
      for (;;) {
        const answer = await chat('openai/gpt-mock', 'load').catch(() => undefined);
        if (answer?.status !== 200) return answer?.body.error.code as string | undefined;
        answered += 1;
      }
    });
    await eventually(() => answered > 100, 10_000);
    gateway.process.kill('SIGTERM');
    for (const pid of all) process.kill(pid, 'SIGTERM');
    const ends = new Set(await Promise.all(load));
    expect([...ends].filter((end) => end !== undefined && end !== 'shutting_down')).toEqual([]);
    expect(await gateway.exited).toBe(0);
    expect(ledger() - rows).toBe(answered);
    expect([...all, ...processesOf(gateway.dataDir)].filter((pid) => isAlive(pid))).toEqual([]);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
