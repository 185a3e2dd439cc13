import Anthropic, { AuthenticationError, BadRequestError, PermissionDeniedError, RateLimitError } from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bootGateway, call, type Gateway } from './support/boot.js';

const ask = { model: 'demo', max_tokens: 100, messages: [{ role: 'user' as const, content: 'hi' }] };

describe('/v1/messages on the demo agent', () => {
  let gateway: Gateway;
  let client: Anthropic;
  beforeAll(async () => {
    gateway = await bootGateway({ SHELLM_BODY_LIMIT: '4kb', SHELLM_AGENT_BODY_LIMIT: '64kb' });
    client = new Anthropic({ baseURL: gateway.url, apiKey: 'none', maxRetries: 0 });
  });
  afterAll(() => gateway.close());
  const at = (path: string, options: Parameters<typeof call>[1] = {}): ReturnType<typeof call> => call(`${gateway.url}${path}`, options);
  const failure = (more: object): Promise<unknown> => client.messages.create({ ...ask, ...more }).catch((error: unknown) => error);

  it('answers a client library, whole and streamed alike', async () => {
    const { data, response, request_id: requestId } = await client.messages.create(ask).withResponse();
    expect(data).toMatchObject({
      type: 'message',
      role: 'assistant',
      model: 'demo',
      stop_reason: 'end_turn',
      stop_sequence: null,
      content: [{ type: 'text', text: expect.stringContaining('You said: "hi"') }],
    });
    expect(data.id).toMatch(/^msg_\w+$/);
    expect(data.usage).toMatchObject({ input_tokens: 1, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 });
    expect(requestId).toBe(response.headers.get('x-request-id'));
    expect(response.headers.get('x-shellm-provider')).toBe('demo');
    const streamed = await client.messages.stream(ask).finalMessage();
    expect({ ...streamed, id: '' }).toEqual({ ...data, id: '', parsed_output: null });
  });

  it('sends the events of the Anthropic API in their order', async () => {
    const response = await fetch(`${gateway.url}/v1/messages?beta=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01', 'anthropic-beta': 'never-heard-of-2026-01-01' },
      body: JSON.stringify({ ...ask, stream: true }),
    });
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(response.headers.get('request-id')).toBe(response.headers.get('x-request-id'));
    const names = [...(await response.text()).matchAll(/^event: (\w+)$/gm)].map(([, name]) => name);
    expect(names.filter((name, index) => name !== names[index - 1])).toEqual([
      'message_start',
      'ping',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
  });

  it('ends at a stop sequence and at the limit, and says so', async () => {
    const words = { messages: [{ role: 'user' as const, content: '[[demo words=9]]' }] };
    expect(await client.messages.create({ ...ask, ...words, stop_sequences: ['never', 'word4'] })).toMatchObject({
      stop_reason: 'stop_sequence',
      stop_sequence: 'word4',
      content: [{ text: 'word1 word2 word3 ' }],
    });
    expect(await client.messages.create({ ...ask, ...words, max_tokens: 2 })).toMatchObject({ stop_reason: 'max_tokens', content: [{ text: 'word1 word2' }] });
  });

  it('names what nobody here can do', async () => {
    const { response } = await client.messages
      .create({ ...ask, ...({ temperature: 1, top_k: 3 } as object), tools: [{ type: 'web_search_20250305', name: 'web_search' }], metadata: { user_id: 'u' } })
      .withResponse();
    expect(response.headers.get('x-shellm-ignored-params')?.split(', ').sort()).toEqual(['temperature', 'top_k', 'web_search_20250305']);
  });

  it('goes on within a session', async () => {
    const first = await client.messages.create(ask, { headers: { 'X-SheLLM-Session-ID': 'new' } }).withResponse();
    const session = first.response.headers.get('x-shellm-session-id')!;
    const second = await client.messages.create(ask, { headers: { 'X-SheLLM-Session-ID': session } });
    expect(second.content[0]).toMatchObject({ text: expect.stringContaining('turn 2 of this conversation') });
  });

  it('tells of a failure in the midst of an answer by an event, before it by a status', async () => {
    const stream = client.messages.stream({ ...ask, messages: [{ role: 'user', content: '[[demo fail=after]]' }] });
    await expect(stream.finalMessage()).rejects.toMatchObject({ type: 'api_error', error: { type: 'error', request_id: expect.any(String) } });
    const before = await failure({ stream: true, messages: [{ role: 'user', content: '[[demo fail=before]]' }] });
    expect(before).toMatchObject({ status: 502, type: 'api_error' });
  });

  it('has bodies as long as those of agents', async () => {
    const long = { ...ask, system: 'x'.repeat(50_000) };
    expect((await at('/v1/messages', { body: long })).status).toBe(200);
    expect((await at('/v1/messages/count_tokens', { body: long })).body).toEqual({ input_tokens: expect.any(Number) });
    expect((await at('/v1/chat/completions', { body: long })).status).toBe(413);
  });

  it('guesses at tokens, for a model that is there', async () => {
    const { data, response } = await client.messages.countTokens({ model: 'demo', messages: ask.messages, system: 'x'.repeat(400) }).withResponse();
    expect(data).toEqual({ input_tokens: 101 });
    expect(response.headers.get('x-shellm-usage')).toBe('estimated');
    await expect(client.messages.countTokens({ model: 'demo', messages: [] })).rejects.toBeInstanceOf(BadRequestError);
  });

  it('lists models in the shape of the API that asks', async () => {
    const listed = [];
    for await (const model of client.models.list({ limit: 1 })) listed.push(model);
    expect(listed).toEqual([expect.objectContaining({ type: 'model', id: 'demo/demo', display_name: 'demo/demo', created_at: expect.stringMatching(/^\d{4}-.*Z$/) })]);
    expect(await client.models.retrieve('demo/demo')).toEqual(listed[0]);
    await expect(client.models.retrieve('nope')).rejects.toMatchObject({ status: 404, type: 'not_found_error' });
    expect((await at('/v1/models')).body).toMatchObject({ object: 'list', data: [{ object: 'model' }] });
    expect((await at('/v1/models/nope')).body).toMatchObject({ error: { code: 'model_not_found' } });
    expect((await at('/v1/models?limit=0', { headers: { 'anthropic-version': '2023-06-01' } })).status).toBe(400);
  });

  it('fails with the errors that a client library knows', async () => {
    const bad = await failure({ messages: [{ role: 'user', content: [{ type: 'image' }] }] });
    expect(bad).toBeInstanceOf(BadRequestError);
    expect(bad).toMatchObject({ type: 'invalid_request_error', requestID: expect.any(String), message: expect.stringContaining('messages.0.content.0.source: Field required') });
    expect(await failure({ messages: [ask.messages[0], { role: 'assistant', content: '{' }] })).toMatchObject({ status: 400, message: expect.stringContaining('prefill') });
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };
    expect(await failure({ messages: [{ role: 'user', content: [{ type: 'text', text: 'x' }, image] }] })).toMatchObject({
      status: 400,
      message: expect.stringContaining('messages.0.content.1: '),
    });
  });

  it.each<[string, string, Parameters<typeof call>[1], number, string]>([
    ['broken JSON', '/v1/messages', { body: '{"model": ' }, 400, 'invalid_request_error'],
    ['no body', '/v1/messages', { method: 'POST' }, 400, 'invalid_request_error'],
    ['a body that is no object', '/v1/messages', { body: [1] }, 400, 'invalid_request_error'],
    ['another method', '/v1/messages', {}, 405, 'invalid_request_error'],
    ['another media type', '/v1/messages', { body: 'hello', headers: { 'content-type': 'text/plain' } }, 415, 'invalid_request_error'],
    ['an unknown route', '/v1/messages/batches', { body: ask }, 404, 'not_found_error'],
    ['a URL that cannot be decoded', '/v1/messages/%zz', {}, 400, 'invalid_request_error'],
    ['a body over the limit', '/v1/messages', { body: { ...ask, system: 'x'.repeat(70_000) } }, 413, 'request_too_large'],
    ['a foreign origin', '/v1/messages', { body: ask, headers: { origin: 'https://evil.example' } }, 403, 'permission_error'],
    ['no limit', '/v1/messages', { body: { ...ask, max_tokens: undefined } }, 400, 'invalid_request_error'],
    ['an unknown provider', '/v1/messages', { body: ask, headers: { 'x-shellm-provider': 'nope' } }, 400, 'invalid_request_error'],
    ['a provider that is not there', '/v1/messages', { body: { ...ask, model: 'claude-sonnet-4-5' } }, 503, 'overloaded_error'],
    ['a session that is not there', '/v1/messages', { body: ask, headers: { 'x-claude-session-id': 'b1e7ad2c-2b5c-4a52-9c3c-31a1d3a3c0de' } }, 404, 'not_found_error'],
  ])('answers %s in the shape of the Anthropic API', async (_, path, options, status, type) => {
    const { headers, ...answer } = await at(path, options);
    expect(answer).toEqual({ status, body: { type: 'error', error: { type, message: expect.any(String) }, request_id: headers.get('request-id') } });
    expect(headers.get('request-id')).toBe(headers.get('x-request-id'));
    expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|\.[tj]s\b|\\n\s+at /);
  });
});

describe('/v1/messages with keys', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    const clients = { one: { key: 'key-one', rpm: 3 }, two: { key: 'key-two', models: ['claude/*'] } };
    gateway = await bootGateway({ SHELLM_CLIENTS: JSON.stringify(clients) });
  });
  afterAll(() => gateway.close());
  const as = (options: object): Anthropic => new Anthropic({ baseURL: gateway.url, apiKey: null, authToken: null, maxRetries: 0, ...options });

  it('takes them in either header, and refuses in the shape of the Anthropic API', async () => {
    expect((await as({ apiKey: 'key-one' }).messages.create(ask)).content).toHaveLength(1);
    expect((await as({ authToken: 'key-one' }).messages.create(ask)).content).toHaveLength(1);
    await expect(as({ apiKey: 'wrong' }).messages.create(ask)).rejects.toBeInstanceOf(AuthenticationError);
    await expect(as({ apiKey: 'key-two' }).messages.create(ask)).rejects.toBeInstanceOf(PermissionDeniedError);
    await expect(as({ apiKey: 'key-two' }).messages.countTokens({ model: 'demo', messages: ask.messages })).rejects.toMatchObject({ type: 'permission_error' });
    await as({ apiKey: 'key-one' }).messages.create(ask);
    await expect(as({ apiKey: 'key-one' }).messages.create(ask)).rejects.toBeInstanceOf(RateLimitError);
  });
});
