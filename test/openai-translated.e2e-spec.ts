import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { forgetFailures } from './support/forget-failures.js';
import { chunkFrame, MockVendor } from './support/mock-vendor.js';

const PIXEL = 'iVBORw0KGgo=';
const endpoints = {
  chat: { path: '/v1/chat/completions', body: { messages: [{ role: 'user', content: 'hi' }] } },
  responses: { path: '/v1/responses', body: { input: 'hi', store: false } },
  messages: { path: '/v1/messages', body: { max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] } },
} as const;

describe('the OpenAI API in the words of other endpoints', () => {
  let vendor: MockVendor;
  let gateway: Gateway;
  let folder: string;

  beforeAll(async () => {
    vendor = await MockVendor.start();
    folder = mkdtempSync(join(tmpdir(), 'translated-'));
    writeFileSync(join(folder, 'config.yaml'), `providers: { box: { base_url: "${vendor.url}/v1", default_model: qwen } }`);
    gateway = await bootGateway({ OPENAI_BASE_URL: `${vendor.url}/v1`, OPENAI_API_KEY: 'sk-server-key', SHELLM_CONFIG: join(folder, 'config.yaml') });
  });
  afterAll(async () => {
    await gateway.close();
    await vendor.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    forgetFailures(gateway);
    vendor.stream([chunkFrame({ role: 'assistant', content: 'ok' }), chunkFrame({}, 'stop'), 'data: [DONE]\n\n']);
  });

  const ask = (endpoint: keyof typeof endpoints, body: object = {}, headers: Record<string, string> = {}): ReturnType<typeof call> =>
    call(gateway.url + endpoints[endpoint].path, { headers, body: { model: 'openai/gpt-x', ...endpoints[endpoint].body, ...body } });
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  const asked = (): any => JSON.parse(vendor.requests.at(-1)?.body ?? '');

  it.each([
    [400, { message: 'Not this.', type: 'invalid_request_error', param: 'temperature', code: 'unsupported_value' }, 'invalid_request_error'],
    [400, { message: 'Too long.', type: 'invalid_request_error', param: 'messages', code: 'context_length_exceeded' }, 'invalid_request_error'],
    [401, { message: 'Incorrect API key provided.', type: 'invalid_request_error', param: null, code: 'invalid_api_key' }, 'authentication_error'],
    [403, { message: 'Not in your country.', type: 'request_forbidden', param: null, code: 'unsupported_country_region_territory' }, 'permission_error'],
    [404, { message: 'No such model.', type: 'invalid_request_error', param: 'model', code: 'model_not_found' }, 'not_found_error'],
    [404, { message: 'No such file.', type: 'invalid_request_error', param: 'file_id', code: null }, 'not_found_error'],
    [408, { message: 'Too slow.', type: 'timeout', param: null, code: null }, 'invalid_request_error'],
    [409, { message: 'Locked.', type: 'conflict', param: null, code: null }, 'rate_limit_error'],
    [413, { message: 'Too much.', type: 'invalid_request_error', param: null, code: 'too_much' }, 'request_too_large'],
    [415, { message: 'Not JSON.', type: 'invalid_request_error', param: null, code: null }, 'invalid_request_error'],
    [422, { message: 'Not so.', type: 'validation', param: 'x', code: 'y' }, 'invalid_request_error'],
  ])('gives its %d back as it said it: %j', async (status, error, anthropicType) => {
    vendor.json(status, { error }, { 'x-ratelimit-remaining-requests': '7', 'x-request-id': 'req_vendor' });
    const own = { 'x-openai-api-key': 'sk-of-the-client' };
    for (const stream of [false, true]) {
      const [chat, responses, messages] = [await ask('chat', { stream }, own), await ask('responses', { stream }, own), await ask('messages', { stream }, own)];
      for (const { headers } of [chat, responses, messages]) {
        expect([headers.get('x-upstream-ratelimit-remaining-requests'), headers.get('x-upstream-request-id')]).toEqual(['7', 'req_vendor']);
      }
      expect(chat).toMatchObject({ status, body: { error } });
      expect([responses.status, responses.body]).toEqual([chat.status, chat.body]);
      expect([messages.status, messages.body.error.type]).toEqual([status, anthropicType]);
      expect(messages.body.error.message).toContain(error.message);
    }
  });

  it('tells its limits with every answer', async () => {
    vendor.answer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'x-ratelimit-remaining-requests': '7' });
      response.end([chunkFrame({ role: 'assistant', content: 'ok' }), chunkFrame({}, 'stop'), 'data: [DONE]\n\n'].join(''));
    });
    for (const endpoint of ['responses', 'messages'] as const) {
      for (const stream of [false, true]) {
        const { status, headers } = await ask(endpoint, { stream });
        expect([status, headers.get('x-upstream-ratelimit-remaining-requests')]).toEqual([200, '7']);
        expect(headers.get('content-type')).toBe(stream ? 'text/event-stream; charset=utf-8' : 'application/json; charset=utf-8');
      }
    }
  });

  it("keeps a refusal of the gateway's own key to the operator", async () => {
    vendor.json(401, { error: { message: 'Incorrect API key provided.', code: 'invalid_api_key' } });
    expect([(await ask('responses', { fallback: false })).status, (await ask('messages', { fallback: false })).status]).toEqual([503, 503]);
  });

  it('hears what Chat Completions has by the same name, and nothing that it would refuse', async () => {
    const hints = { prompt_cache_key: 'k', safety_identifier: 's' };
    const sent = { ...hints, user: 'u', metadata: { a: 'b' }, reasoning: { effort: 'none' } };
    const { headers } = await ask('responses', {
      ...sent,
      input: [{ role: 'user', content: [{ type: 'input_image', image_url: `data:image/png;base64,${PIXEL}`, detail: 'low' }] }],
    });
    expect(headers.get('x-shellm-ignored-params')).toBeNull();
    expect(asked()).toMatchObject({ ...hints, user: 'u', reasoning_effort: 'none', messages: [{ content: [{ image_url: { detail: 'low' } }] }] });
    expect(asked()).not.toHaveProperty('metadata');
    expect((await ask('responses', { ...sent, model: 'box' })).headers.get('x-shellm-ignored-params')).toBe('prompt_cache_key, safety_identifier');
    expect(asked()).toMatchObject({ model: 'qwen', user: 'u' });
    for (const name of Object.keys(hints)) expect(asked()).not.toHaveProperty(name);
  });

  it('is told of no effort where thinking is switched off', async () => {
    expect((await ask('messages', { thinking: { type: 'disabled' }, metadata: { user_id: 'u' } })).status).toBe(200);
    for (const name of ['reasoning_effort', 'metadata', 'user']) expect(asked()).not.toHaveProperty(name);
  });

  const shown = [
    { role: 'user', content: 'hi' },
    { role: 'assistant', tool_calls: [{ id: 'c1' }] },
    { role: 'tool', tool_call_id: 'c1', content: expect.stringMatching(/./) },
    { role: 'user', content: [{ type: 'text', text: expect.stringContaining('c1 (shoot)') }, { image_url: { url: `data:image/png;base64,${PIXEL}` } }] },
  ];
  it.each([
    [
      'messages' as const,
      {
        tools: [{ name: 'shoot', input_schema: { type: 'object' } }],
        messages: [
          { role: 'user', content: 'hi' },
          { role: 'assistant', content: [{ type: 'tool_use', id: 'c1', name: 'shoot', input: {} }] },
          {
            role: 'user',
            content: [{ type: 'tool_result', tool_use_id: 'c1', content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } }] }],
          },
        ],
      },
    ],
    [
      'responses' as const,
      {
        tools: [{ type: 'function', name: 'shoot', parameters: { type: 'object' } }],
        input: [
          { role: 'user', content: 'hi' },
          { type: 'function_call', call_id: 'c1', name: 'shoot', arguments: '{}' },
          { type: 'function_call_output', call_id: 'c1', output: [{ type: 'input_image', image_url: `data:image/png;base64,${PIXEL}` }] },
        ],
      },
    ],
  ])('is shown what a function shows behind its result, on %s', async (endpoint, body) => {
    expect((await ask(endpoint, body)).status).toBe(200);
    expect(asked().messages).toMatchObject(shown);
    expect(asked().messages).toHaveLength(shown.length);
  });

  it('refuses, and the end of the answer says so', async () => {
    vendor.stream([chunkFrame({ role: 'assistant', content: '' }), chunkFrame({ refusal: 'Not that.' }), chunkFrame({}, 'stop'), 'data: [DONE]\n\n']);
    expect((await ask('messages')).body).toMatchObject({ stop_reason: 'refusal', content: [{ type: 'text', text: 'Not that.' }] });
    expect((await ask('messages', { stream: true })).body).toContain('"stop_reason":"refusal"');
    expect((await ask('responses')).body).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'content_filter' } });
    const session = await ask('chat', {}, { 'x-shellm-session-id': 'new' });
    expect(session.body.choices[0]).toMatchObject({ message: { content: 'Not that.' }, finish_reason: 'content_filter' });
  });
});
