import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { chunkFrame, MockVendor } from './support/mock-vendor.js';

const root = { authorization: 'Bearer sk-root-of-the-test' };
const messages = [{ role: 'user', content: 'Hello there' }];
const completion = {
  id: 'x',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-mock',
  choices: [{ index: 0, message: { role: 'assistant', content: 'from the vendor' }, finish_reason: 'stop' }],
};
const frames = [chunkFrame({ role: 'assistant', content: 'from the vendor' }), chunkFrame({}, 'stop'), 'data: [DONE]\n\n'];

describe('a key with a list of models', () => {
  let vendor: MockVendor;
  let gateway: Gateway;
  let folder: string;
  let id: string;
  let narrow: Record<string, string>;
  const chat = (body: object, headers: Record<string, string> = {}): ReturnType<typeof call> =>
    call(`${gateway.url}/v1/chat/completions`, { headers: { ...narrow, ...headers }, body: { messages, ...body } });

  beforeAll(async () => {
    vendor = await MockVendor.start();
    vendor.answer((response, { body }) => {
      const streamed = (JSON.parse(body) as { stream?: boolean }).stream === true;
      response.writeHead(200, { 'content-type': streamed ? 'text/event-stream' : 'application/json' });
      response.end(streamed ? frames.join('') : JSON.stringify(completion));
    });
    folder = await mkdtemp(join(tmpdir(), 'models-'));
    const config = join(folder, 'shellm.config.yaml');
    await writeFile(config, 'aliases: { far: openai/gpt-mock, near: demo/demo, both: [demo/demo, openai/gpt-mock] }');
    gateway = await bootGateway({
      SHELLM_CLIENTS: '{"root":{"key":"sk-root-of-the-test","scopes":["admin"]}}',
      SHELLM_PROVIDERS: 'demo,openai',
      SHELLM_FALLBACK_CHAIN: 'demo,openai',
      SHELLM_CONFIG: config,
      OPENAI_API_KEY: 'sk-gateway',
      OPENAI_BASE_URL: `${vendor.url}/v1`,
    });
    const { body } = await call(`${gateway.url}/admin/keys`, { headers: root, body: { name: 'narrow', models: ['demo/*'] } });
    id = body.id;
    narrow = { authorization: `Bearer ${body.key}` };
    await call(`${gateway.url}/v1/models`, { headers: root });
  });
  afterAll(async () => {
    await gateway.close();
    await vendor.close();
    await rm(folder, { recursive: true });
  });

  it.each<[string, object, Record<string, string>]>([
    ['its full name', { model: 'openai/gpt-mock' }, {}],
    ['its own name', { model: 'gpt-mock' }, {}],
    ['an alias', { model: 'far' }, {}],
    ['a header', { model: 'gpt-mock' }, { 'x-shellm-provider': 'openai' }],
    ['a field', { model: 'gpt-mock', provider: 'openai' }, {}],
    ['a header over an allowed name', { model: 'demo' }, { 'x-shellm-provider': 'openai' }],
    ['its full name, streamed', { model: 'openai/gpt-mock', stream: true }, {}],
  ])('is not served another one by %s', async (_, body, headers) => {
    const before = vendor.requests.length;
    const { status, body: answer } = await chat(body, headers);
    expect([status, answer.error?.code]).toEqual([403, 'model_not_allowed']);
    expect(vendor.requests.length).toBe(before);
  });

  it.each<[string, object]>([
    ['/v1/responses', { model: 'openai/gpt-mock', input: 'Hello' }],
    ['/v1/messages', { model: 'openai/gpt-mock', messages, max_tokens: 9 }],
    ['/v1/messages/count_tokens', { model: 'openai/gpt-mock', messages }],
    ['/v1/embeddings', { model: 'openai/gpt-mock', input: 'Hello' }],
    ['/v1/completions', { model: 'openai/gpt-mock', prompt: 'Hello' }],
    ['/completions', { model: 'openai/gpt-mock', prompt: 'Hello' }],
    ['/completions/stream', { model: 'openai/gpt-mock', prompt: 'Hello' }],
  ])('is not served another one at %s', async (path, body) => {
    const before = vendor.requests.length;
    expect((await call(`${gateway.url}${path}`, { headers: narrow, body })).status).toBe(403);
    expect(vendor.requests.length).toBe(before);
  });

  it('is not served another one in place of one that fails', async () => {
    const failing = { messages: [{ role: 'user', content: '[[demo fail=before]]' }] };
    const wide = await call(`${gateway.url}/v1/chat/completions`, { headers: root, body: { model: 'demo', ...failing } });
    expect([wide.status, wide.headers.get('x-shellm-fallback'), wide.headers.get('x-shellm-provider')]).toEqual([200, 'true', 'openai']);
    for (const model of ['demo', 'both']) {
      const before = vendor.requests.length;
      const own = await chat({ model, ...failing });
      expect([own.status, own.headers.get('x-shellm-fallback') ?? 'false', vendor.requests.length]).toEqual([502, 'false', before]);
    }
  });

  it('is not served another one by a session that had it', async () => {
    await call(`${gateway.url}/admin/keys/${id}`, { method: 'PATCH', headers: root, body: { models: null } });
    const first = await chat({ model: 'openai/gpt-mock' }, { 'x-shellm-session-id': 'new' });
    expect([first.status, first.headers.get('x-shellm-provider')]).toEqual([200, 'openai']);
    await call(`${gateway.url}/admin/keys/${id}`, { method: 'PATCH', headers: root, body: { models: ['demo/*'] } });
    const next = await chat({ model: 'gpt-mock' }, { 'x-shellm-session-id': first.headers.get('x-shellm-session-id') ?? '' });
    expect([next.status, next.body.error.code]).toEqual([403, 'model_not_allowed']);
  });

  it('sees no other one', async () => {
    const see = async (path: string, headers: Record<string, string> = {}): Promise<unknown> => (await call(`${gateway.url}${path}`, { headers: { ...narrow, ...headers } })).body;
    const ids = async (headers?: Record<string, string>): Promise<string[]> => ((await see('/v1/models', headers)) as { data: { id: string }[] }).data.map((model) => model.id);
    const anthropic = { 'anthropic-version': '2023-06-01' };
    const own = await ids();
    expect(own).toEqual(expect.arrayContaining(['demo/demo', 'near']));
    expect(await ids(anthropic)).toEqual(own);
    for (const path of ['/v1/models', '/v1/capabilities', '/quota']) expect(JSON.stringify(await see(path))).not.toMatch(/openai\b(?!_)|gpt-mock|far/);
    for (const name of ['openai/gpt-mock', 'openai%2Fgpt-mock', 'gpt-mock', 'far'])
      for (const headers of [{}, anthropic]) expect((await call(`${gateway.url}/v1/models/${name}`, { headers: { ...narrow, ...headers } })).status).toBe(404);
  });
});
