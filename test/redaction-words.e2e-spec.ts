import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { eventually } from './support/eventually.js';
import { spawnGateway, type SpawnedGateway } from './support/spawn-gateway.js';

const secret = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;
const clients = JSON.stringify({ exempt: { key: 'sk-exempt', redact: false }, plain: { key: 'sk-plain' } });
/** So long that a message cut to its usual length cuts the secret. */
const long = `${'words '.repeat(332)}${secret}`;

/** A vendor that tells a secret wherever it may speak: in headers, ids, names, errors. What it does is the model's name. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  response.setHeader('x-request-id', `req-${secret}`);
  response.setHeader('openai-model', secret);
  response.setHeader('x-ratelimit-remaining-tokens', secret);
  const json = (status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  if (request.method === 'GET') {
    json(200, { object: 'list', data: [{ id: `named-${secret}` }, { id: 'ok' }] });
    return;
  }
  const { model, stream, tools } = JSON.parse(Buffer.concat(chunks).toString()) as { model: string; stream?: boolean; tools?: unknown };
  const error = { message: model.endsWith('long') ? long : `no: ${secret}`, type: `type ${secret}`, code: `code ${secret}`, param: secret };
  const status = /^status-(\d+)/.exec(model)?.[1];
  if (status !== undefined) {
    json(Number(status), { error });
    return;
  }
  const common = { id: `chatcmpl-${secret}`, created: 1, model: secret, system_fingerprint: secret };
  const calls = tools === undefined ? [] : [{ index: 0, id: `call_${secret}`, type: 'function', function: { name: 'f', arguments: '{}' } }];
  if (stream !== true) {
    json(200, { ...common, choices: [{ index: 0, message: { role: 'assistant', content: 'a', tool_calls: calls }, finish_reason: 'tool_calls' }] });
    return;
  }
  response.setHeader('content-type', 'text/event-stream');
  const say = (event: object): void => void response.write(`data: ${JSON.stringify(event)}\n\n`);
  say({ ...common, choices: [{ index: 0, delta: { role: 'assistant', content: 'a' }, finish_reason: null }] });
  if (model === 'breaks') say({ error });
  else {
    say({ ...common, choices: [{ index: 0, delta: { tool_calls: calls }, finish_reason: null }] });
    say({ ...common, choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] });
  }
  response.end('data: [DONE]\n\n');
}

describe("a vendor's words", () => {
  let server: Server;
  let gateway: SpawnedGateway;
  beforeAll(async () => {
    server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    gateway = await spawnGateway({
      LOG_LEVEL: 'debug',
      SHELLM_CLIENTS: clients,
      SHELLM_PROVIDERS: 'openai,demo',
      OPENAI_API_KEY: 'sk-vendor',
      OPENAI_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    });
  });
  afterAll(async () => {
    await gateway.dispose();
    server.close();
  });

  /** Everything that a client gets, as one text. */
  async function told(path: string, body?: object, key = 'sk-plain'): Promise<{ readonly status: number; readonly text: string }> {
    const response = await fetch(gateway.url + path, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const headers = [...response.headers].map((header) => header.join(': ')).join('\n');
    return { status: response.status, text: `${headers}\n\n${await response.text()}` };
  }
  const messages = [{ role: 'user', content: 'hi' }];
  const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }];
  const bodies: readonly (readonly [path: string, body: (model: string) => object])[] = [
    ['/v1/chat/completions', (model) => ({ model, messages, tools })],
    ['/v1/responses', (model) => ({ model, input: 'hi', tools: [{ type: 'function', name: 'f', parameters: { type: 'object' } }] })],
    ['/v1/messages', (model) => ({ model, messages, max_tokens: 9, tools: [{ name: 'f', input_schema: { type: 'object' } }] })],
    ['/completions', (model) => ({ model, prompt: 'hi', fallback: false })],
  ];
  const leak = /[a-f1-6]{0,4}B2c3D4/i;

  it.each(bodies.flatMap(([path, body]) => [false, true].map((stream) => [path, stream, body] as const)))('are clean on %s, streamed %s', async (path, stream, body) => {
    const url = path === '/completions' && stream ? '/completions/stream' : path;
    const asked = (model: string): object => ({
      ...body(`openai/${model}`),
      ...(stream && path !== '/completions' ? { stream } : {}),
      ...(path === '/v1/chat/completions' ? { fallback: false } : {}),
    });
    for (const [model, status] of [
      ['says', 200],
      ['status-400', 400],
      ['status-400-long', 400],
      ['status-429', 429],
      ['status-429-long', 429],
      ['status-500', 502],
      ['status-500-long', 502],
      ...(stream ? [['breaks', 200] as const] : []),
    ] as const) {
      const answer = await told(url, asked(model));
      expect([model, answer.status]).toEqual([model, status]);
      expect(answer.text).not.toMatch(leak);
      if (!model.endsWith('long')) expect(answer.text).toContain('[REDACTED:github-token]');
      // The exempt key's errors are clean all the same.
      if (status >= 400) expect((await told(url, asked(model), 'sk-exempt')).text).not.toMatch(leak);
      // A success in between: the breaker stays closed.
      expect((await told('/completions', { model: 'openai/says', prompt: 'hi' })).status).toBe(200);
    }
  });

  it.each(['/v1/models', '/v1/capabilities', '/quota', '/health', `/v1/models/openai%2Fnamed-${secret}`, `/v1/none/${secret}`])('are clean on GET %s', async (path) => {
    if (path === '/v1/models') await eventually(async () => (await told(path)).text.includes('named-'));
    expect((await told(path)).text).not.toMatch(leak);
  });

  it('are clean in every line of the log', async () => {
    await told(`/v1/none/${secret}`);
    await eventually(() => gateway.output().includes('/v1/none/[REDACTED:github-token]'));
    expect(gateway.output()).not.toMatch(leak);
  });
});
