import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bootGateway, type Gateway } from './support/boot.js';
import { forgetFailures } from './support/forget-failures.js';
import { fuzz, FUZZ_TIMEOUT_MS } from './support/fuzz.js';
import { chunkFrame, MockVendor } from './support/mock-vendor.js';
import { rawExchange } from './support/raw-http.js';
import { damaged, misshapen } from './support/wrong-shapes.js';

const KEY = 'a-key-of-more-than-thirty-two-characters';
const picture = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const parameters = { type: 'object', properties: { x: { type: 'string' } }, required: ['x'], additionalProperties: false };
const tool = { type: 'function', function: { name: 'f', description: 'd', parameters, strict: true } };
const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"x":"y"}' } };
const hi = [{ role: 'user', content: 'hi' }];

/** A valid body for each way of asking, with as much in it as a body may have. */
const requests: readonly (readonly [path: string, body: object])[] = [
  [
    '/v1/chat/completions',
    {
      ...{
        model: 'demo',
        temperature: 0.5,
        top_p: 1,
        max_tokens: 5,
        stop: ['x'],
        seed: 1,
        user: 'u',
        n: 1,
        reasoning_effort: 'low',
        provider: null,
        fallback: false,
        cache: false,
      },
      messages: [
        { role: 'system', content: 'be brief' },
        { role: 'user', name: 'u', content: [{ type: 'text', text: 'hi' }] },
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: 'c1', content: 'z' },
        { role: 'assistant', content: 'so' },
        { role: 'user', content: 'go on' },
      ],
      ...{ tools: [tool], tool_choice: { type: 'function', function: { name: 'f' } }, parallel_tool_calls: true, stream_options: { include_usage: true } },
    },
  ],
  ['/v1/chat/completions', { model: 'openai/gpt-4o', messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: picture, detail: 'low' } }] }], stream: true }],
  ['/v1/chat/completions', { model: 'demo', messages: hi, response_format: { type: 'json_schema', json_schema: { name: 's', schema: parameters, strict: true } } }],
  [
    '/v1/messages',
    {
      ...{ model: 'demo', max_tokens: 5, system: [{ type: 'text', text: 'be brief', cache_control: { type: 'ephemeral' } }], stop_sequences: ['x'], metadata: { user_id: 'u' } },
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'hi' }] },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 't', signature: 's' },
            { type: 'tool_use', id: 'c1', name: 'f', input: { x: 'y' } },
          ],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', content: [{ type: 'text', text: 'z' }], is_error: false }] },
      ],
      ...{
        tools: [{ name: 'f', description: 'd', input_schema: parameters }],
        tool_choice: { type: 'auto', disable_parallel_tool_use: true },
        thinking: { type: 'enabled', budget_tokens: 1024 },
      },
    },
  ],
  ['/v1/messages/count_tokens', { model: 'demo', messages: hi }],
  [
    '/v1/responses',
    {
      ...{
        model: 'demo',
        instructions: 'be brief',
        max_output_tokens: 50,
        store: false,
        reasoning: { effort: 'low', summary: 'auto' },
        text: { format: { type: 'text' } },
        include: [],
        metadata: {},
      },
      input: [
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hi' }] },
        { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{"x":"y"}' },
        { type: 'function_call_output', call_id: 'c1', output: 'z' },
        { role: 'assistant', content: [{ type: 'output_text', text: 'so', annotations: [] }] },
        { role: 'user', content: 'go on' },
      ],
      tools: [{ type: 'function', name: 'f', description: 'd', parameters, strict: true }],
    },
  ],
  ['/v1/embeddings', { model: 'openai/text-embedding-3-small', input: ['hi', 'ho'], encoding_format: 'float', dimensions: 8 }],
  ['/v1/completions', { model: 'openai/gpt-3.5-turbo-instruct', prompt: 'hi', max_tokens: 5 }],
  ['/completions', { prompt: 'hi', system: 's', provider: 'demo', model: 'demo', max_tokens: 5, temperature: 0.5, fallback: false }],
  ['/completions/stream', { prompt: 'hi', model: 'demo' }],
];
const headers: Readonly<Record<string, readonly string[]>> = {
  'x-shellm-provider': ['demo', 'openai', 'nope', '', '__proto__', 'constructor'],
  'x-claude-code': ['true', 'false', 'maybe'],
  'x-shellm-session-id': ['new', 'b1e7ad2c-2b5c-4a52-9c3c-31a1d3a3c0de', 'x'],
  'x-openai-api-key': ['sk-x', ' '],
  'idempotency-key': ['k', 'x'.repeat(256)],
  'anthropic-version': ['2023-06-01', 'x'],
  'anthropic-beta': ['a,b', ','],
  'content-type': ['application/json', 'application/json; charset=utf-16', 'text/plain', 'application/json;', '/', 'multipart/form-data; boundary=x'],
  'content-encoding': ['gzip', 'identity'],
  accept: ['text/event-stream', '*/*', ','],
  origin: ['null', 'http://localhost', 'x'],
  authorization: ['Bearer', 'Basic x', `bearer  ${KEY}`],
  range: ['bytes=0-1'],
  'x-request-id': ['a.b', '<x>'],
  'x-forwarded-for': ['1.2.3.4'],
};

/** Statuses that a client may see of what it sent, or of what a vendor answered; a 500 is none of them. */
const HONEST = [200, 202, 204, 400, 401, 403, 404, 405, 408, 409, 413, 415, 429, 431, 502, 503];

describe('whatever is sent', () => {
  let gateway: Gateway;
  let vendor: MockVendor;
  beforeAll(async () => {
    vendor = await MockVendor.start();
    vendor.answer((response, { path }) => {
      const whole = path.endsWith('embeddings')
        ? { object: 'list', data: [] }
        : { id: 'c', model: 'gpt', choices: [{ index: 0, message: { role: 'assistant', content: 'x' }, finish_reason: 'stop' }] };
      if (Number(response.req.headers['content-length'] ?? 0) % 2 === 0)
        response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`${chunkFrame({ content: 'x' }, 'stop')}data: [DONE]\n\n`);
      else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(whole));
    });
    gateway = await bootGateway({
      ...{ SHELLM_PROVIDERS: 'demo,openai', OPENAI_API_KEY: 'sk-vendor', OPENAI_BASE_URL: `${vendor.url}/v1`, SHELLM_BODY_LIMIT: '64kb', SHELLM_AGENT_BODY_LIMIT: '64kb' },
      ...{ SHELLM_CLIENTS: JSON.stringify({ a: { key: KEY } }), SHELLM_HEADERS_TIMEOUT_MS: '400', SHELLM_RECEIVE_TIMEOUT_MS: '400', SHELLM_REQUEST_TIMEOUT_MS: '5000' },
    });
  });
  afterAll(async () => {
    await gateway.close();
    await vendor.close();
  });

  /** Something went wrong that is not the gateway's own fault, told in the contract's shape. */
  function expectHonest(status: number, body: unknown): void {
    forgetFailures(gateway);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    // The document of the API tells of errors.
    if (status === 200 && /^(\{"openapi"|openapi):/.test(text)) return;
    if (!HONEST.includes(status) || text.includes('internal_error')) throw new Error(`${status}: ${text.slice(0, 500)}`);
    expect(text).not.toMatch(/node_modules|\.[tj]s:\d+|\bat \w+ \(|TypeError|ENOENT/);
    if (status < 400) return;
    const { error, type } = JSON.parse(text) as { error?: { message?: unknown; type?: unknown }; type?: unknown };
    expect([typeof error?.message, typeof error?.type, type === undefined || type === 'error']).toEqual(['string', 'string', true]);
  }

  async function send(path: string, body: string, more: Record<string, string> = {}): Promise<void> {
    const response = await fetch(gateway.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...('x-api-key' in more || 'authorization' in more ? {} : { 'x-api-key': KEY }), ...more },
      body,
    });
    expectHonest(response.status, await response.text());
  }

  it('as it should be is answered', async () => {
    for (const [path, body] of requests) await send(path, JSON.stringify(body));
  });

  it(
    'in a body of another shape is answered, or refused in the shape of the contract',
    async () => {
      const sent = fc.constantFrom(...requests).chain(([path, body]) => fc.tuple(fc.constant(path), misshapen(body)));
      await fuzz(
        fc.asyncProperty(sent, async ([path, body]) => {
          await send(path, JSON.stringify(body));
        }),
        3,
      );
    },
    FUZZ_TIMEOUT_MS,
  );

  it(
    'in headers of another kind, too',
    async () => {
      const odd = fc.uniqueArray(
        fc
          .constantFrom(...Object.keys(headers))
          .chain((name) => fc.tuple(fc.constant(name), fc.oneof(fc.constantFrom(...(headers[name] ?? [])), fc.stringMatching(/^[\x20-\x7e\x80-\xff]{0,40}$/)))),
        { selector: ([name]) => name, maxLength: 4 },
      );
      await fuzz(
        fc.asyncProperty(fc.constantFrom(...requests), odd, async ([path, body], more) => {
          await send(path, JSON.stringify(body), Object.fromEntries(more));
        }),
        2,
      );
    },
    FUZZ_TIMEOUT_MS,
  );

  it(
    'in bytes that are hardly HTTP is answered in HTTP, and never hangs',
    async () => {
      const body = JSON.stringify({ model: 'demo', messages: hi });
      const line = fc.constantFrom(
        'POST /v1/chat/completions',
        'GET /v1/models/x',
        'HEAD /health',
        'OPTIONS *',
        'DELETE /v1/sessions/x',
        'GET /docs-json?x=%zz',
        'POST /v1/messages',
      );
      const message = line.map((first) =>
        Buffer.from(`${first} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nx-api-key: ${KEY}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`),
      );
      await fuzz(
        fc.asyncProperty(message.chain(damaged), async (pieces) => {
          const { answers } = await rawExchange(
            gateway.url,
            async (write) => {
              for (const piece of pieces) await write(piece);
            },
            60,
          );
          for (const { status, headers: seen, body: answer } of answers) {
            if (seen['content-type']?.startsWith('application/json') === true && answer !== '') expectHonest(status, answer);
            else expect(HONEST).toContain(status);
          }
        }),
        2,
      );
      expect((await fetch(`${gateway.url}/health/live`)).status).toBe(200);
    },
    FUZZ_TIMEOUT_MS,
  );
});
