import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { bootGateway, type Gateway } from './support/boot.js';
import { forgetFailures } from './support/forget-failures.js';
import { chunkFrame, MockVendor } from './support/mock-vendor.js';

const figures = { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 };
const messages = [{ role: 'user' as const, content: 'hi' }];
const told = `data: ${JSON.stringify({ id: 'chatcmpl-mock', object: 'chat.completion.chunk', created: 1, model: 'gpt-mock', choices: [], usage: figures })}\n\n`;
const words = (extra: object): string[] => [chunkFrame({ role: 'assistant', content: '' }, null, extra), chunkFrame({ content: 'hé' }, null, extra), chunkFrame({}, 'stop', extra)];
const done = 'data: [DONE]\n\n';
const legacyWord = 'data: {"id":"cmpl-1","object":"text_completion","created":1,"model":"gpt-mock","choices":[{"text":"hé","index":0,"logprobs":null,"finish_reason":"stop"}]}\n\n';

/** As OpenAI's: it tells the usage of a stream that is asked for it. */
function answerAsAsked(vendor: MockVendor): void {
  vendor.answer((response, { body, path }) => {
    const { stream_options: options } = JSON.parse(body) as { stream_options?: { include_usage?: boolean } };
    const asked = options?.include_usage === true;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write((path.endsWith('/chat/completions') ? words(asked ? { usage: null } : {}) : [legacyWord]).join(''));
    response.end(`${asked ? told : ''}${done}`);
  });
}

describe('the usage of streams that pass', () => {
  let vendor: MockVendor;
  let gateway: Gateway;
  let client: OpenAI;

  beforeAll(async () => {
    vendor = await MockVendor.start();
    gateway = await bootGateway({ OPENAI_BASE_URL: `${vendor.url}/v1`, OPENAI_API_KEY: 'sk-server-key', SHELLM_AUTH: 'off' });
    client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'any', maxRetries: 0 });
  });

  afterAll(async () => {
    await gateway.close();
    await vendor.close();
  });

  beforeEach(() => {
    forgetFailures(gateway);
  });

  const asked = (): unknown[] => vendor.requests.map(({ body }) => (JSON.parse(body) as { stream_options?: unknown }).stream_options);

  async function raw(path: string, body: object): Promise<{ status: number; text: string }> {
    const response = await fetch(`${gateway.url}/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-mock', ...body }),
    });
    return { status: response.status, text: await response.text() };
  }

  it.each([
    ['nothing', {}],
    ['false', { stream_options: { include_usage: false } }],
    ['null', { stream_options: null }],
  ])('is asked for, and told to no client that says %s of it', async (_, options) => {
    answerAsAsked(vendor);
    const { text } = await raw('chat/completions', { messages, stream: true, ...options });
    expect(text).toBe(words({ usage: null }).join('') + done);
    expect(asked()).toEqual([{ include_usage: true }]);
  });

  it('is told to the openai client that asks for it, and to no other', async () => {
    answerAsAsked(vendor);
    const read = async (more: object): Promise<[string, number, unknown[]]> => {
      const stream = await client.chat.completions.create({ model: 'gpt-mock', messages, stream: true, ...more });
      const seen: [string, number, unknown[]] = ['', 0, []];
      for await (const { choices, usage } of stream) {
        seen[0] += choices[0]?.delta.content ?? '';
        if (choices.length === 0) seen[1]++;
        if (usage) seen[2].push(usage);
      }
      return seen;
    };
    expect(await read({})).toEqual(['hé', 0, []]);
    expect(await read({ stream_options: { include_usage: true } })).toEqual(['hé', 1, [figures]]);
    const runner = client.chat.completions.stream({ model: 'gpt-mock', messages });
    expect((await runner.finalChatCompletion()).choices[0]?.message.content).toBe('hé');
  });

  it('is asked for and hidden in legacy completions too', async () => {
    answerAsAsked(vendor);
    expect((await raw('completions', { prompt: 'hi', stream: true })).text).toBe(legacyWord + done);
    expect((await raw('completions', { prompt: 'hi', stream: true, stream_options: { include_usage: true } })).text).toBe(legacyWord + told + done);
    expect(asked()).toEqual([{ include_usage: true }, { include_usage: true }]);
  });

  it('is not asked for where nothing is streamed', async () => {
    vendor.json(200, { id: 'c', object: 'chat.completion', created: 1, model: 'gpt-mock', choices: [], usage: figures });
    await raw('chat/completions', { messages });
    vendor.json(200, { object: 'list', data: [], model: 'gpt-mock', usage: { prompt_tokens: 1, total_tokens: 1 } });
    await raw('embeddings', { input: 'hi' });
    expect(asked()).toEqual([undefined]);
  });

  it.each([
    [
      'passed through',
      (): Promise<{ status: number; text: string }> => raw('chat/completions', { model: 'old-one', messages, stream: true }),
      (text: string) => text === words({}).join('') + done,
    ],
    [
      'translated',
      (): Promise<{ status: number; text: string }> => raw('messages', { model: 'old-two', max_tokens: 50, messages, stream: true }),
      (text: string) => text.includes('message_stop') && text.includes('hé'),
    ],
  ])('is not asked for again where a vendor refuses that: %s', async (_, ask, isWhole) => {
    vendor.answer((response, { body }) => {
      if (body.includes('stream_options'))
        response
          .writeHead(400, { 'content-type': 'application/json' })
          .end('{"error":{"message":"Unknown parameter: \'stream_options\'.","type":"invalid_request_error","param":"stream_options","code":"unknown_parameter"}}');
      else response.writeHead(200, { 'content-type': 'text/event-stream' }).end(words({}).join('') + done);
    });
    const [first, second] = [await ask(), await ask()];
    expect([first.status, isWhole(first.text), second.status, isWhole(second.text)]).toEqual([200, true, 200, true]);
    expect(asked()).toEqual([{ include_usage: true }, undefined, undefined]);
  });
});
