import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import OpenAI, { APIUserAbortError, AuthenticationError, BadRequestError, InternalServerError, NotFoundError, RateLimitError } from 'openai';
import { once } from 'node:events';
import { connect } from 'node:net';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { forgetFailures } from './support/forget-failures.js';
import { chunkFrame, MockVendor } from './support/mock-vendor.js';

const completion = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-mock-2026',
  odd_field: { kept: ['as', 1, 'sent'] },
  choices: [{ index: 0, message: { role: 'assistant', content: 'hello', odd: true }, finish_reason: 'stop', logprobs: null }],
  usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
};
const messages = [{ role: 'user' as const, content: 'hi' }];

describe('the OpenAI API passed through', () => {
  let vendor: MockVendor;
  let gateway: Gateway;
  let client: OpenAI;

  beforeAll(async () => {
    vendor = await MockVendor.start();
    gateway = await bootGateway({
      OPENAI_BASE_URL: `${vendor.url}/v1`,
      OPENAI_API_KEY: 'sk-server-key',
      SHELLM_CLIENTS: JSON.stringify({ app: { key: 'app-key' }, narrow: { key: 'narrow-key', models: ['openai/gpt-4*'] } }),
    });
    client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'app-key', maxRetries: 0 });
  });

  afterAll(async () => {
    await gateway.close();
    await vendor.close();
  });

  async function streamed(model: string, headers: Record<string, string> = {}): Promise<{ text: string; replayed: string | null }> {
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer app-key', 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model, messages, stream: true }),
    });
    return { text: await response.text(), replayed: response.headers.get('idempotency-replayed') };
  }

  beforeEach(() => {
    forgetFailures(gateway);
  });

  it('passes a body and its answer on as they were sent', async () => {
    vendor.json(200, completion, { 'x-ratelimit-remaining-requests': '7', 'x-request-id': 'req_vendor' });
    const asked = { model: 'openai/gpt-4o', messages, n: 2, logprobs: true, unknown_field: { a: [null, 1.5] }, provider: 'openai', cache: false };
    const { status, headers, body } = await call(`${gateway.url}/v1/chat/completions`, { headers: { authorization: 'Bearer app-key' }, body: asked });
    expect([status, body]).toEqual([200, completion]);
    expect(headers.get('x-shellm-provider')).toBe('openai');
    expect(headers.get('x-shellm-model')).toBe('gpt-4o');
    expect(headers.get('x-upstream-ratelimit-remaining-requests')).toBe('7');
    expect(headers.get('x-upstream-request-id')).toBe('req_vendor');
    const [seen] = vendor.requests;
    expect(seen?.path).toBe('/v1/chat/completions');
    expect(seen?.headers.authorization).toBe('Bearer sk-server-key');
    expect(JSON.parse(seen?.body ?? '')).toEqual({ model: 'gpt-4o', messages, n: 2, logprobs: true, unknown_field: { a: [null, 1.5] } });
    expect(JSON.stringify(seen?.headers)).not.toContain('app-key');
  });

  it('takes any model name that nothing else explains', async () => {
    vendor.json(200, completion);
    await client.chat.completions.create({ model: 'ft:gpt-4o:acme/special', messages });
    expect(JSON.parse(vendor.requests[0]?.body ?? '')).toMatchObject({ model: 'ft:gpt-4o:acme/special' });
  });

  it.each([
    ['nothing but its end', ['data: [DONE]\n\n']],
    ['comments and its end', [': hello\n\n', 'data: [DONE]\n\n']],
    ['nothing at all', []],
  ])('takes no stream for an answer that says %s', async (_, frames) => {
    vendor.stream(frames);
    const { text } = await streamed('gpt-4o');
    expect(text).toMatch(/"code":"upstream_error"/);
    expect(text).not.toMatch(/"finish_reason":"stop"/);
  });

  it.each([
    ['an error', ['data: {"error":{"message":"overloaded","type":"server_error","code":null,"param":null}}\n\n']],
    ['an error and its end', ['data: {"error":{"message":"overloaded","type":"server_error","code":null,"param":null}}\n\n', 'data: [DONE]\n\n']],
  ])('keeps no answer that ends with %s under an Idempotency-Key', async (_, end) => {
    const key = { 'idempotency-key': `key-${end.length}` };
    vendor.stream([chunkFrame({ content: 'half' }), ...end]);
    const failed = await streamed('gpt-4o', key);
    expect(failed.text).toContain('overloaded');
    vendor.stream([chunkFrame({ content: 'whole' }), chunkFrame({}, 'stop'), 'data: [DONE]\n\n']);
    const [tried, again] = [await streamed('gpt-4o', key), await streamed('gpt-4o', key)];
    expect([tried.replayed, tried.text.includes('whole'), again.replayed, again.text === tried.text]).toEqual([null, true, 'true', true]);
  });

  it('streams chunks as the vendor sent them, odd ones too', async () => {
    const frames = [
      ': vendor comment\n\n',
      chunkFrame({ role: 'assistant', content: '' }),
      chunkFrame({ content: 'hé' }, null, { vendor_extra: 1 }),
      chunkFrame({ content: '🦀llo' }),
      chunkFrame({}, 'stop'),
      'data: [DONE]\n\n',
    ];
    vendor.stream(frames, 1);
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'app-key' },
      body: JSON.stringify({ model: 'gpt-4o', messages, stream: true }),
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(await response.text()).toBe(frames.join(''));
  });

  it('serves the openai client library: create, stream, usage', async () => {
    vendor.json(200, completion);
    const created = await client.chat.completions.create({ model: 'gpt-4o', messages });
    expect(created.choices[0]?.message.content).toBe('hello');

    vendor.stream([
      chunkFrame({ role: 'assistant', content: 'a' }),
      chunkFrame({ content: 'b' }),
      chunkFrame({}, 'stop'),
      `data: ${JSON.stringify({ ...completion, object: 'chat.completion.chunk', choices: [] })}\n\n`,
      'data: [DONE]\n\n',
    ]);
    const stream = await client.chat.completions.create({ model: 'gpt-4o', messages, stream: true, stream_options: { include_usage: true } });
    let text = '';
    let total = 0;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      total = chunk.usage?.total_tokens ?? total;
    }
    expect([text, total]).toEqual(['ab', 4]);
  });

  it('closes the vendor connection when the client aborts', async () => {
    vendor.stream(
      Array.from({ length: 2000 }, () => chunkFrame({ content: 'word ' })),
      5,
    );
    const stream = await client.chat.completions.create({ model: 'gpt-4o', messages, stream: true });
    const reading = (async () => {
      for await (const chunk of stream) if (chunk.choices[0]?.delta.content) stream.controller.abort();
    })();
    await reading.catch((error: unknown) => {
      expect(error).toBeInstanceOf(APIUserAbortError);
    });
    await eventually(() => vendor.aborted === 1);

    vendor.answer(() => undefined);
    const waiting = client.chat.completions.create({ model: 'gpt-4o', messages }, { signal: AbortSignal.timeout(50) });
    await expect(waiting).rejects.toBeInstanceOf(APIUserAbortError);
    await eventually(() => vendor.aborted === 1);
  });

  it.each([
    [400, BadRequestError, 400, 'context_length_exceeded'],
    [404, NotFoundError, 404, 'model_not_found'],
    [401, InternalServerError, 503, 'provider_unavailable'],
    [403, InternalServerError, 503, 'provider_unavailable'],
    [429, RateLimitError, 429, 'provider_rate_limited'],
    [500, InternalServerError, 502, 'upstream_error'],
    [503, InternalServerError, 502, 'upstream_error'],
  ])("maps the vendor's %i as the contract says", async (status, type, seen, code) => {
    const message = 'in the words of the vendor';
    vendor.json(status, { error: { message, type: 'x', param: null, code } }, { 'retry-after': '7' });
    for (const stream of [false, true]) {
      const error: unknown = await client.chat.completions.create({ model: 'gpt-4o', messages, stream }).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(type);
      expect(error).toMatchObject({ status: seen, code });
      if (status !== 401 && status !== 403) expect(String(error)).toContain(message);
      if (status === 429) expect((error as RateLimitError).headers.get('retry-after')).toBe('7');
    }
  });

  it("uses the client's own key for one request, and gives its 401 back as the vendor said it", async () => {
    vendor.json(401, { error: { message: 'Incorrect API key provided: sk-own', type: 'invalid_request_error', param: null, code: 'invalid_api_key' } });
    const own = await call(`${gateway.url}/v1/chat/completions`, { headers: { 'x-api-key': 'app-key', 'x-openai-api-key': 'sk-own' }, body: { model: 'gpt-4o', messages } });
    expect([own.status, own.body.error.code]).toEqual([401, 'invalid_api_key']);
    expect(vendor.requests[0]?.headers.authorization).toBe('Bearer sk-own');
  });

  it('tells a vendor that cannot be reached from one that is slow', async () => {
    vendor.answer((response) => {
      response.destroy();
    });
    await expect(client.chat.completions.create({ model: 'gpt-4o', messages })).rejects.toMatchObject({ status: 502, code: 'upstream_error' });
  });

  it('ends a stream that the vendor cuts with an error, never with stop or [DONE]', async () => {
    vendor.answer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(chunkFrame({ content: 'half an ans' }), () => setTimeout(() => response.destroy(), 20));
    });
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'app-key' },
      body: JSON.stringify({ model: 'gpt-4o', messages, stream: true }),
    });
    const text = await response.text();
    expect(text).toContain('half an ans');
    expect(text).toContain('"finish_reason":"error"');
    expect(text).toContain('"code":"upstream_error"');
    expect(text).not.toContain('[DONE]');
  });

  it.each([
    ['nothing', []],
    ['half an answer', [chunkFrame({ content: 'half an ans' })]],
  ])('tells a stream that closes after %s from a whole one', async (_, frames) => {
    vendor.stream(frames);
    const { status, body } = await call(`${gateway.url}/v1/chat/completions`, { headers: { 'x-api-key': 'app-key' }, body: { model: 'gpt-4o', messages, stream: true } });
    if (frames.length === 0) {
      expect([status, body.error.code]).toEqual([502, 'upstream_error']);
    } else {
      expect(body).toMatch(/half an ans.*"finish_reason":"error".*"code":"upstream_error"\}\}\n\n$/s);
    }
  });

  it('does not wait for ever for a body that never comes', async () => {
    for (const status of [200, 204]) {
      vendor.answer((response) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end();
      });
      await expect(client.chat.completions.create({ model: 'gpt-4o', messages })).rejects.toMatchObject({ status: 502, code: 'upstream_error' });
    }
  });

  it('notices a vendor that leads back to it', async () => {
    vendor.answer(async (response, { headers, body }) => {
      const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', 'x-api-key': 'app-key', 'x-shellm-instance': String(headers['x-shellm-instance']) },
      });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
    });
    await expect(client.chat.completions.create({ model: 'gpt-4o', messages })).rejects.toMatchObject({ status: 508, code: 'loop_detected' });
    expect(vendor.requests).toHaveLength(1);
  });

  it('refuses what is nested too deeply to be passed on', async () => {
    const deep = `{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}],"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    const { status, body } = await call(`${gateway.url}/v1/chat/completions`, { headers: { 'x-api-key': 'app-key' }, body: deep });
    expect([status, body.error.code]).toEqual([400, 'invalid_parameter']);
  });

  it("keeps the gateway's own key to itself where the vendor repeats it", async () => {
    for (const status of [400, 500]) {
      vendor.json(status, { error: { message: 'no quota for sk-server-key', code: 'x' } });
      const { body } = await call(`${gateway.url}/v1/chat/completions`, { headers: { 'x-api-key': 'app-key' }, body: { model: 'gpt-4o', messages } });
      expect(JSON.stringify(body)).toContain('no quota for [REDACTED:api_key]');
    }
  });

  it('drops a client that takes nothing, and lets its vendor go', async () => {
    const stalled = await bootGateway({ OPENAI_BASE_URL: `${vendor.url}/v1`, OPENAI_API_KEY: 'sk-x', SHELLM_REQUEST_TIMEOUT_MS: '1000' });
    const flood = chunkFrame({ content: 'word '.repeat(4000) });
    vendor.answer(async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const gone = once(response, 'close');
      while (!response.destroyed) if (!response.write(flood)) await Promise.race([once(response, 'drain'), gone]);
    });
    const body = JSON.stringify({ model: 'gpt-4o', messages, stream: true });
    const socket = connect(Number(new URL(stalled.url).port), '127.0.0.1', () => {
      socket.write(`POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    });
    socket.pause().on('error', () => undefined);
    await eventually(() => vendor.requests.length === 1);
    await eventually(() => vendor.aborted === 1, 10_000);
    socket.destroy();
    await stalled.close();
  });

  it('takes secrets out of what the vendor says, whole, split over chunks, and in errors', async () => {
    const secret = `sk-ant-api03-${'Ab3'.repeat(30)}AA`;
    vendor.json(200, { ...completion, choices: [{ index: 0, message: { role: 'assistant', content: `the key is ${secret}.` }, finish_reason: 'stop' }] });
    const whole = await client.chat.completions.create({ model: 'gpt-4o', messages });
    expect(whole.choices[0]?.message.content).toMatch(/^the key is \[REDACTED:[a-z_-]+\]\.$/);

    vendor.stream([
      chunkFrame({ content: 'the key is ' }),
      ...[...secret].map((letter) => chunkFrame({ content: letter })),
      chunkFrame({ content: '.' }),
      chunkFrame({}, 'stop'),
      'data: [DONE]\n\n',
    ]);
    let text = '';
    for await (const chunk of await client.chat.completions.create({ model: 'gpt-4o', messages, stream: true })) text += chunk.choices[0]?.delta.content ?? '';
    expect(text).toMatch(/^the key is \[REDACTED:[a-z_-]+\]\.$/);

    vendor.json(500, { error: { message: `internal: ${secret}` } });
    await expect(client.chat.completions.create({ model: 'gpt-4o', messages })).rejects.toThrow(/REDACTED/);
  });

  it('keeps a key to its models', async () => {
    vendor.json(200, completion);
    const narrow = { 'x-api-key': 'narrow-key' };
    expect((await call(`${gateway.url}/v1/chat/completions`, { headers: narrow, body: { model: 'gpt-4o', messages } })).status).toBe(200);
    const refused = await call(`${gateway.url}/v1/chat/completions`, { headers: narrow, body: { model: 'o3', messages } });
    expect([refused.status, refused.body.error.code]).toEqual([403, 'model_not_allowed']);
    await expect(new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'wrong', maxRetries: 0 }).models.list()).rejects.toBeInstanceOf(AuthenticationError);
  });

  it("lists the vendor's models", async () => {
    await eventually(async () => (await client.models.list()).data.some(({ id }) => id === 'openai/gpt-mock'));
    expect(await client.models.retrieve('openai/gpt-mock')).toMatchObject({ id: 'openai/gpt-mock', owned_by: 'openai', object: 'model' });
  });
});
