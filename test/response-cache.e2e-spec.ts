import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type ServerResponse } from 'node:http';
import OpenAI from 'openai';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { chunkFrame, MockVendor, type VendorRequest } from './support/mock-vendor.js';

type Answer = Awaited<ReturnType<typeof call>>;

const usageFrame = `data: ${JSON.stringify({ id: 'v1', object: 'chat.completion.chunk', model: 'gpt-mock', choices: [], usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 } })}\n\n`;
const framesOf = (text: string, reason = 'stop'): string[] => [
  chunkFrame({ role: 'assistant', content: '' }),
  chunkFrame({ content: text }),
  chunkFrame({}, reason),
  usageFrame,
  'data: [DONE]\n\n',
];
const tell = (response: ServerResponse, text: string, reason?: string): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-ratelimit-remaining-requests': '5' }).end(framesOf(text, reason).join(''));
};
/** As it was asked: streamed, or whole. */
const tellAsAsked = (response: ServerResponse, { body }: VendorRequest, text: string): void => {
  if ((JSON.parse(body) as { stream?: boolean }).stream === true) tell(response, text);
  else
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }] }));
};
const cacheOf = ({ headers }: Answer): string | null => headers.get('x-shellm-cache');

describe('the response cache', () => {
  let vendor: MockVendor;
  let gateway: Gateway;
  let question: string;
  let said = 0;
  beforeAll(async () => {
    vendor = await MockVendor.start();
    gateway = await bootGateway({
      OPENAI_API_KEY: 'sk-x',
      OPENAI_BASE_URL: `${vendor.url}/v1`,
      CEREBRAS_API_KEY: 'sk-y',
      CEREBRAS_BASE_URL: `${vendor.url}/cerebras`,
      SHELLM_PROVIDERS: 'demo,openai,cerebras',
      SHELLM_REQUEST_TIMEOUT_MS: '5000',
      SHELLM_CLIENTS: JSON.stringify({ one: { key: 'one' }, two: { key: 'two' }, narrow: { key: 'narrow', models: ['demo/*'] }, raw: { key: 'raw', redact: false } }),
    });
  });
  beforeEach(() => {
    question = randomUUID();
    vendor.answer((response, request) => {
      tellAsAsked(response, request, `answer ${(said += 1)}`);
    });
  });
  afterAll(async () => {
    await gateway.close();
    await vendor.close();
  });

  const post = (path: string, body: object, key = 'one', headers: Record<string, string> = {}): Promise<Answer> =>
    call(`${gateway.url}${path}`, { body, headers: { authorization: `Bearer ${key}`, ...headers } });
  const chat = (more: object = {}, key?: string, headers?: Record<string, string>): Promise<Answer> =>
    post('/v1/chat/completions', { model: 'openai/gpt-mock', cache: 60, messages: [{ role: 'user', content: question }], ...more }, key, headers);
  const simple = (more: object = {}, key?: string): Promise<Answer> => post('/completions', { model: 'openai/gpt-mock', cache: 60, prompt: question, ...more }, key);
  const textOf = ({ body }: Answer): string => body.choices[0].message.content as string;

  it('tells the same answer again without asking the vendor', async () => {
    const [first, second] = [await chat(), await chat()];
    expect([cacheOf(first), cacheOf(second), vendor.requests.length]).toEqual(['miss', 'hit', 1]);
    expect(second.body).toEqual(first.body);
    expect(first.body.usage).toMatchObject({ prompt_tokens: 7, completion_tokens: 3 });
    expect(second.headers.get('x-shellm-model')).toBe(first.headers.get('x-shellm-model'));
    expect([first.headers.get('x-upstream-ratelimit-remaining-requests'), second.headers.get('x-upstream-ratelimit-remaining-requests')]).toEqual(['5', null]);
  });

  it.each([undefined, null, false, 0])('has no part in a request with "cache": %p', async (cache) => {
    const answers = [await chat({ cache }), await chat({ cache }), await simple({ cache })];
    expect([...answers.map(cacheOf), vendor.requests.length]).toEqual([null, null, null, 3]);
  });

  it.each([true, -1, 1.5, '60', 2_592_001, 1e9, [], {}])('refuses "cache": %p', async (cache) => {
    for (const { status, body } of [await chat({ cache }), await simple({ cache }), await post('/completions/stream', { model: 'demo', prompt: 'x', cache })]) {
      expect([status, body.error.code, body.error.param]).toEqual([400, 'invalid_parameter', 'cache']);
    }
    expect(vendor.requests).toEqual([]);
  });

  it('serves the same meaning in every form', async () => {
    const first = await simple();
    const second = await simple({ temperature: null, fallback: false });
    const asChat = await chat({ stream: false, n: 1 });
    const stream = await post('/completions/stream', { prompt: question, cache: 30, model: 'openai/gpt-mock' });
    expect([first, second, asChat, stream].map(cacheOf)).toEqual(['miss', 'hit', 'hit', 'hit']);
    expect(first.body).toMatchObject({ cached: false, content: `answer ${said}` });
    expect(second.body).toMatchObject({ cached: true, content: `answer ${said}`, usage: first.body.usage });
    expect(second.body.request_id).toBe(second.headers.get('x-request-id'));
    expect(textOf(asChat)).toBe(`answer ${said}`);
    expect(String(stream.body)).toContain(`{"content":"answer ${said}","done":false}`);
    expect(String(stream.body)).toContain('"cached":true');
    expect(vendor.requests.length).toBe(1);
  });

  it.each([
    ['temperature', { temperature: 0.2 }],
    ['seed', { seed: 1 }],
    ['max_tokens', { max_tokens: 100 }],
    ['stop', { stop: ['x'] }],
    ['reasoning_effort', { reasoning_effort: 'low' }],
    ['response_format', { response_format: { type: 'json_object' } }],
    ['tools', { tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }] }],
    ['an unknown field', { mystery: { b: 1, a: 2 } }],
    ['the provider', { provider: 'cerebras' }],
    ['the model', { model: 'openai/gpt-other' }],
    ['a system text', { messages: [{ role: 'system', content: 's' }] }],
  ])('takes another %s for another request', async (_, more) => {
    const messages = [...('messages' in more ? more.messages : []), { role: 'user', content: question }];
    const other = { ...more, messages };
    expect([cacheOf(await chat()), cacheOf(await chat(other)), cacheOf(await chat(other)), vendor.requests.length]).toEqual(['miss', 'miss', 'hit', 2]);
  });

  it("never gives one client another one's answer, nor one that is not redacted", async () => {
    const answers = [await chat(), await chat({}, 'two'), await chat({}, 'raw'), await chat({}, 'two')];
    expect(answers.map(cacheOf)).toEqual(['miss', 'miss', 'miss', 'hit']);
    expect(new Set(answers.slice(0, 3).map(textOf)).size).toBe(3);
  });

  it("checks the key's models, and leaves requests with a key of their own and sessions alone", async () => {
    expect((await chat({}, 'narrow')).body.error.code).toBe('model_not_allowed');
    const own = [await chat({}, 'one', { 'x-openai-api-key': 'sk-own' }), await chat({}, 'one', { 'x-openai-api-key': 'sk-own' })];
    const sessions = [await chat({}, 'one', { 'x-shellm-session-id': 'new' }), await chat({}, 'one', { 'x-shellm-session-id': 'new' })];
    expect([...own, ...sessions].map(({ status, headers }) => [status, headers.get('x-shellm-cache')])).toEqual(Array(4).fill([200, null]));
    expect(vendor.requests.length).toBe(4);
  });

  it('runs fifty equal requests at once once', async () => {
    vendor.answer((response) => {
      setTimeout(() => {
        tell(response, 'slow');
      }, 200);
    });
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? chat() : simple())));
    expect([vendor.requests.length, answers.filter((answer) => cacheOf(answer) === 'miss').length, answers.filter((answer) => cacheOf(answer) === 'hit').length]).toEqual([
      1, 1, 49,
    ]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it('lets the next one try where the first fails', async () => {
    let asked = 0;
    vendor.answer((response) => {
      const failing = (asked += 1) === 1;
      setTimeout(() => {
        if (failing) response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":{"message":"no","type":"invalid_request_error"}}');
        else tell(response, 'better');
      }, 100);
    });
    const answers = await Promise.all(Array.from({ length: 10 }, () => chat({ fallback: false })));
    expect([vendor.requests.length, answers.filter(({ status }) => status === 400).length, answers.filter((answer) => cacheOf(answer) === 'hit').length]).toEqual([2, 1, 8]);
  });

  it('lets the next one try where the client of the first leaves', async () => {
    let release = (): void => undefined;
    vendor.answer((response) => {
      release = () => {
        tell(response, 'late');
      };
    });
    const abort = new AbortController();
    const leaving = fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      signal: abort.signal,
      headers: { 'content-type': 'application/json', authorization: 'Bearer one' },
      body: JSON.stringify({ model: 'openai/gpt-mock', cache: 60, messages: [{ role: 'user', content: question }] }),
    }).catch(() => undefined);
    await eventually(() => vendor.requests.length === 1);
    const others = [chat(), chat()];
    abort.abort();
    await leaving;
    await eventually(() => vendor.requests.length === 2);
    release();
    expect((await Promise.all(others)).map(cacheOf).sort()).toEqual(['hit', 'miss']);
  });

  it.each(['length', 'content_filter', 'tool_calls'])('keeps no answer that ends with %s', async (reason) => {
    vendor.answer((response) => {
      tell(response, 'cut', reason);
    });
    expect([cacheOf(await chat()), cacheOf(await chat()), vendor.requests.length]).toEqual(['miss', 'miss', 2]);
  });

  it('keeps no answer of an alternate', async () => {
    vendor.answer((response, { path }) => {
      if (path.startsWith('/cerebras')) tell(response, 'instead');
      else response.writeHead(500).end('{}');
    });
    for (const answer of [await chat(), await chat()]) {
      expect([cacheOf(answer), answer.headers.get('x-shellm-fallback'), answer.headers.get('x-shellm-provider')]).toEqual(['miss', 'true', 'cerebras']);
    }
  });

  it.each([{ n: 2 }, { logprobs: true }, { messages: [{ role: 'user', name: 'Ann', content: 'hi' }] }])('passes on as ever what events cannot tell: %j', async (more) => {
    vendor.json(200, { id: 'x', object: 'chat.completion', choices: [{ index: 0, message: { role: 'assistant', content: 'as it is' }, finish_reason: 'stop' }] });
    const answers = [await chat(more), await chat(more)];
    expect([...answers.map(cacheOf), vendor.requests.length]).toEqual([null, null, 2]);
    expect(vendor.requests[0]?.body).not.toContain('cache');
    expect(answers[0]?.body.id).toBe('x');
  });

  it('keeps an answer for as long as was asked, and takes none that is older', async () => {
    const other = { seed: 5 };
    expect([await chat(), await chat({ ...other, cache: 1 })].map(cacheOf)).toEqual(['miss', 'miss']);
    await new Promise((resolve) => setTimeout(resolve, 1050));
    expect([await chat({ cache: 1 }), await chat(other)].map(cacheOf)).toEqual(['miss', 'miss']);
  });

  it("answers OpenAI's own client alike, at once and streamed", async () => {
    vendor.answer((response) => {
      tell(response, 'lorem ipsum dolor 👩‍👩‍👧 '.repeat(100));
    });
    const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'one' });
    const ask = { model: 'openai/gpt-mock', messages: [{ role: 'user' as const, content: question }], cache: 60 };
    const whole = await client.chat.completions.create(ask);
    const { data, response } = await client.chat.completions.create({ ...ask, stream: true, stream_options: { include_usage: true } }).withResponse();
    const chunks = [];
    for await (const chunk of data) chunks.push(chunk);
    expect(response.headers.get('x-shellm-cache')).toBe('hit');
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe(whole.choices[0]?.message.content);
    expect(chunks.length).toBeGreaterThan(8);
    expect(chunks.every(({ id, created }) => id === whole.id && created === whole.created)).toBe(true);
    expect(chunks.at(-1)?.usage).toEqual(whole.usage);
    expect(vendor.requests.length).toBe(1);
  });

  it('is held up by nothing that clients and vendors do', async () => {
    const chance = (): number => Math.random();
    vendor.answer((response, request) => {
      const luck = chance();
      setTimeout(() => {
        // Refusals, since after a few failures the provider would be left alone.
        if (luck < 0.4) response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":{"message":"no"}}');
        else if (luck < 0.6) tell(response, 'cut', 'length');
        else tellAsAsked(response, request, 'fine');
      }, chance() * 30);
    });
    const one = async (index: number): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, chance() * 200));
      const stream = chance() < 0.5;
      const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer one' },
        signal: chance() < 0.3 ? AbortSignal.timeout(Math.round(chance() * 40)) : null,
        body: JSON.stringify({ model: 'openai/gpt-mock', cache: 1, stream, fallback: false, seed: index % 3, messages: [{ role: 'user', content: question }] }),
      }).catch(() => undefined);
      await answer?.text().catch(() => undefined);
    };
    await Promise.all(Array.from({ length: 150 }, (_, index) => one(index)));
    vendor.answer((response, request) => {
      tellAsAsked(response, request, 'fine');
    });
    for (const seed of [0, 1, 2]) await eventually(async () => cacheOf(await chat({ seed, cache: 60 })) === 'hit', 30_000);
  });

  // The last: its provider is left alone from then on.
  it('serves kept answers of a provider that is down', async () => {
    await chat();
    vendor.answer((response) => {
      response.destroy();
    });
    let seed = 0;
    await eventually(async () => (await chat({ seed: (seed += 1), fallback: false })).body.error.code === 'provider_unavailable', 10_000);
    expect(cacheOf(await chat())).toBe('hit');
  });
});
