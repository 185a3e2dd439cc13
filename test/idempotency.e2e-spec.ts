import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import OpenAI from 'openai';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bootGateway, type Gateway } from './support/boot.js';
import { type MockOpenAi, startMockOpenAI } from './support/mock-openai.mjs';
import { secretSamples } from './support/secret-samples.js';
import { ProviderRegistry } from '../src/providers/provider-registry.js';
import { Storage } from '../src/storage/storage.js';

const chat = (content: string, more: object = {}): object => ({ model: 'demo', messages: [{ role: 'user', content }], ...more });
const endpoints: [string, object][] = [
  ['/v1/chat/completions', chat('hi')],
  ['/v1/chat/completions', chat('hi', { stream: true })],
  ['/v1/messages', chat('hi', { max_tokens: 50 })],
  ['/v1/messages', chat('hi', { max_tokens: 50, stream: true })],
  ['/v1/responses', { model: 'demo', input: 'hi' }],
  ['/v1/responses', { model: 'demo', input: 'hi', stream: true }],
  ['/v1/responses', { model: 'demo', input: 'hi', background: true }],
  ['/completions', { model: 'demo', prompt: 'hi' }],
  ['/completions/stream', { model: 'demo', prompt: 'hi' }],
  ['/v1/embeddings', { model: 'openai/text-embedding-3-small', input: 'hi' }],
];

interface Said {
  readonly status: number;
  readonly replayed: boolean;
  readonly headers: Headers;
  readonly text: string;
}

describe('requests with an Idempotency-Key', () => {
  let dataDir: string;
  let gateway: Gateway;
  let vendor: MockOpenAi;
  const boot = (): Promise<Gateway> =>
    bootGateway({
      SHELLM_DATA_DIR: dataDir,
      SHELLM_PROVIDERS: 'demo,openai',
      OPENAI_API_KEY: 'sk-vendor',
      OPENAI_BASE_URL: `${vendor.url}/v1`,
      SHELLM_CLIENTS: JSON.stringify({ one: { key: 'key-of-the-first-client' }, two: { key: 'key-of-the-second-client' } }),
      SHELLM_SHUTDOWN_GRACE_MS: '200',
    });
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'keys-'));
    vendor = await startMockOpenAI();
    gateway = await boot();
  });
  afterAll(async () => {
    await gateway.close();
    await vendor.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const ask = async (
    path: string,
    body: object,
    key: string,
    { client = 'first', signal, headers = {} }: { client?: string; signal?: AbortSignal; headers?: Record<string, string> } = {},
  ): Promise<Said> => {
    const response = await fetch(`${gateway.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer key-of-the-${client}-client`, 'idempotency-key': key, ...headers },
      body: JSON.stringify(body),
      ...(signal ? { signal } : {}),
    });
    return { status: response.status, replayed: response.headers.get('idempotency-replayed') === 'true', headers: response.headers, text: await response.text() };
  };
  /** How many turns the demo has begun since. */
  const turns = (): (() => number) => {
    const demo = gateway.app.get(ProviderRegistry).get('demo');
    if (!demo) throw new Error('no demo');
    const spy = jest.spyOn(demo, 'stream');
    return () => {
      const { length } = spy.mock.calls;
      spy.mockRestore();
      return length;
    };
  };

  it.each(endpoints)('get one answer at %s, and the same again: %j', async (path, body) => {
    const key = randomUUID();
    const first = await ask(path, body, key);
    const second = await ask(path, body, key);
    expect([first.status, first.replayed, second.status, second.replayed]).toEqual([200, false, 200, true]);
    expect(second.text).toBe(first.text);
    const kept = ['content-type', 'x-shellm-provider', 'x-shellm-model'];
    expect(kept.map((name) => second.headers.get(name))).toEqual(kept.map((name) => first.headers.get(name)));
    expect(second.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
  });

  it.each([false, true])('take one turn for twenty at once, stream: %s', async (stream) => {
    const begun = turns();
    const key = randomUUID();
    const said = await Promise.all(Array.from({ length: 20 }, () => ask('/v1/chat/completions', chat('[[demo first=300]] hi', { stream }), key)));
    expect([begun(), new Set(said.map(({ text }) => text)).size, said.filter(({ replayed }) => replayed).length]).toEqual([1, 1, 19]);
    expect(said.every(({ status }) => status === 200)).toBe(true);
  });

  it('are refused with another body, endpoint or provider, and for a key that is none', async () => {
    const key = randomUUID();
    await ask('/v1/chat/completions', chat('hi'), key);
    const others = [
      await ask('/v1/chat/completions', chat('ho'), key),
      await ask('/v1/messages', chat('hi'), key),
      await ask('/v1/chat/completions', chat('hi'), key, { headers: { 'x-shellm-provider': 'demo' } }),
    ];
    for (const { status, text } of others) expect([status, JSON.parse(text)]).toMatchObject([409, { error: {} }]);
    expect(JSON.parse(others[0]?.text ?? '')).toMatchObject({ error: { code: 'idempotency_conflict', param: 'Idempotency-Key', type: 'conflict_error' } });
    for (const bad of ['', 'a b', 'x'.repeat(256), 'é']) expect([(await ask('/v1/chat/completions', chat('hi'), bad)).status, bad]).toEqual([400, bad]);
  });

  it('are the same with their fields in another order', async () => {
    const key = randomUUID();
    await ask('/v1/chat/completions', chat('hi'), key);
    const turned = { messages: [{ content: 'hi', role: 'user' }], model: 'demo' };
    expect(await ask('/v1/chat/completions', turned, key)).toMatchObject({ status: 200, replayed: true });
  });

  it('are each client’s own', async () => {
    const key = randomUUID();
    const first = await ask('/v1/chat/completions', chat('hi'), key);
    const other = await ask('/v1/chat/completions', chat('hi'), key, { client: 'second' });
    expect([other.status, other.replayed, other.text === first.text]).toEqual([200, false, false]);
  });

  it.each([
    ['before its first byte', false, 500],
    ['in its stream', true, 200],
  ])('may be tried again where the answer failed %s', async (_, stream, status) => {
    const key = randomUUID();
    const begun = turns();
    const body = chat(`[[demo fail=${stream ? 'after' : 'before'}]]`, { stream, fallback: false });
    const first = await ask('/v1/chat/completions', body, key);
    const second = await ask('/v1/chat/completions', body, key);
    expect([first.status >= status, second.replayed, begun()]).toEqual([true, false, 2]);
    expect((await ask('/v1/chat/completions', chat('hi'), key)).status).toBe(200);
  });

  it.each([false, true])('go on to their end when the client leaves, and answer it when it comes back, stream: %s', async (stream) => {
    const key = randomUUID();
    const begun = turns();
    const body = chat('[[demo words=10 first=100 delay=100]]', { stream });
    const abort = new AbortController();
    const left = ask('/v1/chat/completions', body, key, { signal: abort.signal });
    setTimeout(() => {
      abort.abort();
    }, 400);
    await expect(left).rejects.toThrow();
    await sleep(20);
    const back = await ask('/v1/chat/completions', body, key);
    expect([back.status, back.replayed, back.text.includes('word10'), begun()]).toEqual([200, true, true, 1]);
  });

  it('that only wait may leave, too', async () => {
    const key = randomUUID();
    const body = chat('[[demo first=600]] hi');
    const first = ask('/v1/chat/completions', body, key);
    await sleep(150);
    await expect(ask('/v1/chat/completions', body, key, { signal: AbortSignal.timeout(100) })).rejects.toThrow();
    expect((await first).status).toBe(200);
    expect((await ask('/v1/chat/completions', body, key)).text).toBe((await first).text);
  });

  it('keep no secret', async () => {
    const [secret, key] = [secretSamples[0]?.[1] ?? '', randomUUID()];
    const first = await ask('/v1/chat/completions', chat(`my key is ${secret}`, { stream: true }), key);
    expect([first.text.includes('[REDACTED:'), first.text.includes(secret)]).toEqual([true, false]);
    const { body } = await gateway.app.get(Storage).db.selectFrom('idempotency_keys').select('body').where('key', '=', key).executeTakeFirstOrThrow();
    expect(Buffer.from(body ?? '', 'base64').toString()).toBe(first.text);
  });

  it('are understood from the openai client', async () => {
    const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'key-of-the-first-client', maxRetries: 0 });
    const key = randomUUID();
    const create = () => client.chat.completions.create({ model: 'demo', messages: [{ role: 'user', content: 'hi' }] }, { headers: { 'Idempotency-Key': key } });
    expect((await create()).id).toBe((await create()).id);
  });

  it('are answered after a restart, and what was cut by it is free', async () => {
    const [kept, cut] = [randomUUID(), randomUUID()];
    const first = await ask('/v1/chat/completions', chat('hi'), kept);
    const long = chat('[[demo first=60000]] hi');
    const lost = ask('/v1/chat/completions', long, cut, { signal: AbortSignal.timeout(300) });
    await expect(lost).rejects.toThrow();
    await gateway.close();
    gateway = await boot();
    const again = await ask('/v1/chat/completions', chat('hi'), kept);
    expect([again.replayed, again.text]).toEqual([true, first.text]);
    expect((await ask('/v1/chat/completions', chat('other'), cut)).status).toBe(200);
  });
});
