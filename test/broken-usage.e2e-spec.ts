import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { forgetFailures } from './support/forget-failures.js';
import { emptyLedger, ledgerOf } from './support/ledger.js';
import { chunkFrame, MockVendor } from './support/mock-vendor.js';

const prompt = 'p'.repeat(400);
const messages = [{ role: 'user', content: prompt }];
/** One token each. */
const words = Array.from({ length: 40 }, () => chunkFrame({ content: 'one ' }));
const done = 'data: [DONE]\n\n';

describe('what is written down of answers without figures', () => {
  let vendor: MockVendor;
  let gateway: Gateway;

  beforeAll(async () => {
    vendor = await MockVendor.start();
    gateway = await bootGateway({ OPENAI_BASE_URL: `${vendor.url}/v1`, OPENAI_API_KEY: 'sk-server-key', SHELLM_AUTH: 'off', SHELLM_FALLBACK_CHAIN: 'openai' });
  });

  afterAll(async () => {
    await gateway.close();
    await vendor.close();
  });

  beforeEach(async () => {
    forgetFailures(gateway);
    await emptyLedger(gateway);
  });

  /** Asks, reads so much of the answer that the vendor has said all it says, and leaves. */
  async function leave(path: string, body: object, reads: string | undefined): Promise<void> {
    const abort = new AbortController();
    const asked = fetch(`${gateway.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-mock', ...body }),
      signal: abort.signal,
    });
    asked.catch(() => undefined);
    await eventually(() => vendor.requests.length > 0);
    if (reads !== undefined) {
      const reader = (await asked).body!.getReader();
      for (let text = ''; text.split(reads).length <= words.length;) text += Buffer.from((await reader.read()).value).toString();
    }
    abort.abort();
    await eventually(() => vendor.aborted > 0);
  }

  const said = async (): Promise<unknown[]> => {
    const [row] = await ledgerOf(gateway, 1);
    return [row!.prompt_tokens, row!.completion_tokens, row!.estimated, row!.status];
  };
  const hangs = (frames: readonly string[], status = 200): void => {
    vendor.answer((response) => {
      response.writeHead(status, { 'content-type': 'text/event-stream' });
      response.write(frames.join('') || ': hm\n\n');
      return new Promise((resolve) => response.once('close', resolve));
    });
  };

  it.each([
    ['passed through', '/v1/chat/completions', 'one '],
    ['translated', '/v1/messages', 'one '],
  ])('a stream that its client leaves: %s', async (_, path, word) => {
    hangs(words);
    await leave(path, { messages, max_tokens: 500, stream: true }, word);
    expect(await said()).toEqual([100, 40, 1, 499]);
  });

  it.each([
    ['passed through', '/v1/chat/completions', true],
    ['translated', '/v1/messages', true],
    ['as JSON', '/v1/chat/completions', false],
  ])('a request whose client leaves before the first word: %s', async (_, path, stream) => {
    vendor.answer((response) => new Promise((resolve) => response.once('close', resolve)));
    await leave(path, { messages, max_tokens: 500, stream }, undefined);
    expect(await said()).toEqual([100, 0, 1, 499]);
  });

  it.each([
    ['passed through', '/v1/chat/completions', true],
    ['translated', '/v1/messages', true],
    ['translated, as JSON', '/v1/messages', false],
  ])('a stream that breaks: %s', async (_, path, stream) => {
    vendor.answer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(words.join(''), () => setTimeout(() => response.destroy(), 20));
    });
    await call(`${gateway.url}${path}`, { body: { model: 'gpt-mock', messages, max_tokens: 500, stream } });
    const [prompt_, completion, estimated, status] = await said();
    expect([prompt_, completion, estimated, status]).toEqual([100, 40, 1, 502]);
  });

  const overloaded = 'data: {"error":{"message":"overloaded","type":"server_error","code":null,"param":null}}\n\n';
  it.each([
    ['nothing of a stream that says an error alone', [overloaded, done], [0, 0, 0, 502]],
    ['a stream that ends with an error', [...words, overloaded, done], [100, 40, 1, 502]],
  ])('%s', async (_, frames, expected) => {
    vendor.stream(frames);
    await call(`${gateway.url}/v1/chat/completions`, { body: { model: 'gpt-mock', messages, stream: true } });
    expect(await said()).toEqual(expected);
  });

  it('a stream that says no usage', async () => {
    vendor.stream([...words, chunkFrame({}, 'stop'), done]);
    await call(`${gateway.url}/v1/chat/completions`, { body: { model: 'gpt-mock', messages, stream: true } });
    expect(await said()).toEqual([100, 40, 1, 200]);
  });

  it('a completion that says no usage', async () => {
    vendor.json(200, {
      id: 'c',
      object: 'chat.completion',
      created: 1,
      model: 'gpt-mock',
      choices: [{ index: 0, message: { role: 'assistant', content: 'a'.repeat(80) }, finish_reason: 'stop' }],
    });
    await call(`${gateway.url}/v1/chat/completions`, { body: { model: 'gpt-mock', messages } });
    expect(await said()).toEqual([100, 20, 1, 200]);
  });

  it('a stream that says the usage of every word, up to the last of them', async () => {
    const counted = words.map((_, at) => chunkFrame({ content: 'one ' }, null, { usage: { prompt_tokens: 77, completion_tokens: at + 1, total_tokens: 78 + at } }));
    hangs(counted);
    await leave('/v1/chat/completions', { messages, stream: true }, 'one ');
    expect(await said()).toEqual([77, 40, 0, 499]);
  });

  it.each([
    ['refused', 400, true],
    ['refused, as JSON', 400, false],
    ['of a key that is wrong', 401, true],
    ['over the limit of its vendor', 429, false],
    ['that its vendor failed at', 500, true],
  ])('nothing of a request %s', async (_, status, stream) => {
    vendor.json(status, { error: { message: 'No.', type: 'x', code: null, param: null } });
    await call(`${gateway.url}/v1/chat/completions`, { body: { model: 'gpt-mock', messages, stream } });
    const [tokens, completion, estimated] = await said();
    expect([tokens, completion, estimated]).toEqual([0, 0, 0]);
  });

  it('nothing of a request that nobody serves', async () => {
    await call(`${gateway.url}/v1/chat/completions`, { body: { model: 'claude/opus', messages } });
    expect((await said()).slice(0, 3)).toEqual([0, 0, 0]);
  });

  const figures = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18, prompt_tokens_details: { cached_tokens: 4 }, completion_tokens_details: { reasoning_tokens: 2 } };
  const whole = { id: 'c', object: 'chat.completion', created: 1, model: 'gpt-mock', usage: figures };
  const counted = { prompt_tokens: 11, completion_tokens: 7, cached_tokens: 4, reasoning_tokens: 2, estimated: 0, status: 200 };
  it.each([
    ['chat completions', '/v1/chat/completions', { messages }, { ...whole, choices: [{ index: 0, message: { role: 'assistant', content: 'a' }, finish_reason: 'stop' }] }, counted],
    ['legacy completions', '/v1/completions', { prompt }, { ...whole, choices: [{ index: 0, text: 'a', finish_reason: 'stop' }] }, counted],
    [
      'embeddings',
      '/v1/embeddings',
      { input: prompt },
      { object: 'list', model: 'gpt-mock', data: [], usage: { prompt_tokens: 8, total_tokens: 8 } },
      { prompt_tokens: 8, completion_tokens: 0, estimated: 0 },
    ],
    ['embeddings without figures', '/v1/embeddings', { input: prompt }, { object: 'list', model: 'gpt-mock', data: [] }, { completion_tokens: 0, estimated: 1 }],
  ])('what the vendor said of %s', async (_, path, body, answer, expected) => {
    vendor.json(200, answer);
    await call(`${gateway.url}${path}`, { body: { model: 'gpt-mock', ...body } });
    expect((await ledgerOf(gateway, 1))[0]).toMatchObject(expected);
  });

  it.each([
    ['messages', '/v1/messages', { messages, max_tokens: 100 }],
    ['streamed messages', '/v1/messages', { messages, max_tokens: 100, stream: true }],
    ['responses', '/v1/responses', { input: prompt }],
    ['streamed responses', '/v1/responses', { input: prompt, stream: true }],
    ['the simple form', '/completions', { prompt }],
    ['the simple form, streamed', '/completions/stream', { prompt }],
  ])('what the vendor said of %s', async (_, path, body) => {
    vendor.stream([chunkFrame({ content: 'a' }), chunkFrame({}, 'stop'), `data: ${JSON.stringify({ ...whole, choices: [] })}\n\n`, done]);
    await call(`${gateway.url}${path}`, { body: { model: 'openai/gpt-mock', ...body } });
    expect((await ledgerOf(gateway, 1))[0]).toMatchObject(counted);
  });

  it('what the vendor said, where it is hidden from the client', async () => {
    const usage = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18, prompt_tokens_details: { cached_tokens: 4 }, completion_tokens_details: { reasoning_tokens: 2 } };
    vendor.stream([
      chunkFrame({ content: 'a' }, null, { usage: null }),
      chunkFrame({}, 'stop', { usage: null }),
      `data: ${JSON.stringify({ id: 'c', model: 'gpt-mock', choices: [], usage })}\n\n`,
      done,
    ]);
    const { body } = await call(`${gateway.url}/v1/chat/completions`, { body: { model: 'gpt-mock', messages, stream: true } });
    expect(body).not.toContain('prompt_tokens');
    const [row] = await ledgerOf(gateway, 1);
    expect(row).toMatchObject({ prompt_tokens: 11, completion_tokens: 7, cached_tokens: 4, reasoning_tokens: 2, estimated: 0, status: 200 });
  });
});
