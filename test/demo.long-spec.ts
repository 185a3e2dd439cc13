import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI, { BadRequestError, InternalServerError } from 'openai';
import { ProcessPool } from '../src/process-pool/process-pool.js';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { expectNoLeak } from './support/expect-no-leak.js';

describe('the demo agent, end to end', () => {
  let gateway: Gateway;
  let client: OpenAI;
  const ask = (content: string, model = 'demo'): OpenAI.ChatCompletionCreateParamsNonStreaming => ({ model, messages: [{ role: 'user', content }] });

  beforeAll(async () => {
    gateway = await bootGateway();
    client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'none', maxRetries: 0 });
  });
  afterAll(() => gateway.close());

  it('answers where nothing else is there, says what it is, and counts', async () => {
    const { data, response } = await client.chat.completions.create(ask('Hello there', 'gpt-4o')).withResponse();
    expect(data).toMatchObject({ object: 'chat.completion', model: 'gpt-4o', choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', refusal: null } }] });
    expect(data.choices[0]?.message.content).toContain('You said: "Hello there".');
    expect(data.usage).toMatchObject({ prompt_tokens: 2, total_tokens: 2 + (data.usage?.completion_tokens ?? 0) });
    expect(response.headers.get('x-shellm-provider')).toBe('demo');
    expect(response.headers.get('x-shellm-model')).toBe('demo');
  });

  it('streams word by word, with a usage chunk where it was asked for', async () => {
    const stream = await client.chat.completions.create({ ...ask('[[demo words=5 delay=5]]'), stream: true, stream_options: { include_usage: true } });
    const deltas: string[] = [];
    const rest: unknown[] = [];
    for await (const { choices, usage } of stream) {
      if (choices[0]?.delta.content) deltas.push(choices[0].delta.content);
      else rest.push(choices[0]?.finish_reason ?? usage?.completion_tokens);
    }
    expect(deltas).toEqual(['word1', ' word2', ' word3', ' word4', ' word5']);
    expect(rest).toEqual([undefined, 'stop', 5]);
  });

  it('keeps max_tokens and stop', async () => {
    const limited = await client.chat.completions.create({ ...ask('[[demo words=50]]'), max_tokens: 3 });
    expect(limited.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: 'word1 word2 word3' } });
    const stopped = await client.chat.completions.create({ ...ask('[[demo words=50]]'), stop: ['d4 w', 'never'] });
    expect(stopped.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'word1 word2 word3 wor' } });
  });

  it('names the parameters that it ignored, and refuses what it cannot do', async () => {
    const { response } = await client.chat.completions.create({ ...ask('hi'), temperature: 0.5, seed: 7 }).withResponse();
    expect(response.headers.get('x-shellm-ignored-params')).toBe('temperature, seed');
    expect(response.headers.get('x-claude-ignored-params')).toBeNull();
    for (const extra of [{ n: 2 }, { logprobs: true }]) {
      const error: unknown = await client.chat.completions.create({ ...ask('hi'), ...extra }).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(BadRequestError);
      expect(error).toMatchObject({ code: 'unsupported_parameter', param: Object.keys(extra)[0] });
    }
  });

  it('fails as it is told to: before the first word with a status, after it inside the stream', async () => {
    for (const [directive, code] of [
      ['fail=before', 'cli_failed'],
      ['crash=1', 'cli_failed'],
    ] as const) {
      const error: unknown = await client.chat.completions.create(ask(`[[demo ${directive}]]`)).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(InternalServerError);
      expect(error).toMatchObject({ status: 502, code });
    }
    for (const directive of ['words=6 fail=after', 'words=6 crash=3']) {
      const { body } = await call(`${gateway.url}/v1/chat/completions`, { body: { ...ask(`[[demo ${directive}]]`), stream: true } });
      expect(body).toContain('word3');
      expect(body).toContain('"finish_reason":"error"');
      expect(body).toMatch(/data: \{"error":\{"message":"[^"]+","type":"api_error","param":null,"code":"cli_failed"\}\}\n\n$/);
      expect(body).not.toContain('[DONE]');
    }
  });

  it('goes on with a conversation in the process that holds it', async () => {
    const pool = gateway.app.get(ProcessPool);
    const first = await client.chat.completions.create(ask('one'));
    const turn = [
      { role: 'user' as const, content: 'one' },
      { role: 'assistant' as const, content: first.choices[0]?.message.content ?? '' },
      { role: 'user' as const, content: 'two' },
    ];
    const second = await client.chat.completions.create({ model: 'demo', messages: turn });
    expect(second.choices[0]?.message.content).toContain('turn 2 of this conversation');
    expect(pool.capacity().active).toBe(0);
  });

  it('lets go of a client that leaves: no slot, no process', async () => {
    const pool = gateway.app.get(ProcessPool);
    for (const stream of [true, false]) {
      const abort = new AbortController();
      const request = client.chat.completions.create({ ...ask('[[demo words=100 delay=50]]'), stream }, { signal: abort.signal });
      await eventually(() => pool.capacity().active === 1);
      abort.abort();
      await request
        .then(async (answer) => {
          for await (const chunk of answer as AsyncIterable<unknown>) expect(chunk).toBeDefined();
        })
        .catch(() => undefined);
      await eventually(() => pool.capacity().active === 0);
    }
  });

  it('queues what has no slot, refuses what has no place', async () => {
    const answers = await Promise.allSettled(Array.from({ length: 16 }, (_, index) => client.chat.completions.create(ask(`[[demo words=2 delay=500]] ${index}`))));
    const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as InternalServerError] : []));
    expect(answers.length - refused.length).toBe(12);
    for (const error of refused) {
      expect(error).toMatchObject({ status: 503, code: 'queue_full' });
      expect(Number(error.headers.get('retry-after'))).toBeGreaterThan(0);
    }
  });

  it('is not left alone by others because some asked for more than the time allows', async () => {
    const hasty = await bootGateway({ SHELLM_REQUEST_TIMEOUT_MS: '500' });
    const post = (content: string): ReturnType<typeof call> => call(`${hasty.url}/v1/chat/completions`, { body: ask(content) });
    for (let time = 0; time < 6; time++) expect((await post('[[demo words=100 delay=50]]')).status).toBe(504);
    expect((await post('hi')).status).toBe(200);
    await hasty.close();
  });

  it('is not left alone because others had to wait for longer than they could', async () => {
    const busy = await bootGateway({ SHELLM_REQUEST_TIMEOUT_MS: '500', SHELLM_MAX_CONCURRENT: '1' });
    const post = (content: string, stream: boolean): ReturnType<typeof call> => call(`${busy.url}/v1/chat/completions`, { body: { ...ask(content), stream } });
    const long = post('[[demo words=15 delay=100]]', true);
    await eventually(() => busy.app.get(ProcessPool).capacity().active === 1);
    const waited = await Promise.all(Array.from({ length: 6 }, () => post('hi', false)));
    expect(waited.map(({ status, headers }) => [status, headers.has('retry-after')])).toEqual(waited.map(() => [504, true]));
    await long;
    expect((await post('hi', false)).status).toBe(200);
    await busy.close();
  });

  it('leaves no process, descriptor or file behind', () => expectNoLeak(gateway, 40), 60_000);
});
