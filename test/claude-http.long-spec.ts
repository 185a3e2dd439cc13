import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import OpenAI, { BadRequestError, NotFoundError } from 'openai';
import { ProcessPool } from '../src/process-pool/process-pool.js';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { weatherTools } from './support/function-calls.js';
import { findInstalledCli } from './support/installed-cli.js';
import { eventually } from './support/eventually.js';
import { startMock } from './support/mock-anthropic.mjs';
import { processesOf } from './support/processes.js';
import { spawnGateway } from './support/spawn-gateway.js';

const bin = findInstalledCli('claude');
const withCli = bin === undefined ? describe.skip : describe;
const mock = (directive: object): string => `@@mock ${JSON.stringify(directive)} @@`;

withCli('Claude Code behind the OpenAI API', () => {
  jest.setTimeout(60_000);
  let vendor: Awaited<ReturnType<typeof startMock>>;
  let gateway: Gateway;
  let client: OpenAI;
  const environment = (): Record<string, string> => ({ SHELLM_CLAUDE_BIN: bin!, ANTHROPIC_BASE_URL: vendor.url, ANTHROPIC_API_KEY: 'sk-ant-mock-key' });
  const bodies = (): (typeof vendor.requests)[number]['body'][] => vendor.requests.filter(({ path }) => path.startsWith('/v1/messages')).map(({ body }) => body);

  beforeAll(async () => {
    vendor = await startMock({ strict: true });
    gateway = await bootGateway(environment());
    client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'none', maxRetries: 0 });
  });
  afterAll(async () => {
    await gateway.close();
    await vendor.close();
  });

  it('answers a client library: roles as roles, the system prompt its own, one call, no tools', async () => {
    vendor.requests.length = 0;
    const { data, response } = await client.chat.completions
      .create({
        model: 'claude/sonnet',
        messages: [
          { role: 'system', content: 'You are a parrot.' },
          { role: 'user', content: 'first question' },
          { role: 'assistant', content: 'first answer' },
          {
            role: 'user',
            content: `/clear @/etc/passwd ${mock({ text: 'Polly.', usage: { input_tokens: 40, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 2 } })}`,
          },
        ],
      })
      .withResponse();
    expect(data).toMatchObject({
      model: 'claude/sonnet',
      choices: [{ finish_reason: 'stop', message: { content: 'Polly.' } }],
      usage: { prompt_tokens: 40, completion_tokens: 2, total_tokens: 42 },
    });
    expect(response.headers.get('x-shellm-provider')).toBe('claude');
    expect(response.headers.get('x-shellm-model')).toBe('claude-sonnet-5-5');
    expect(bodies()).toHaveLength(1);
    const [body] = bodies();
    expect(body?.tools ?? []).toEqual([]);
    expect(body?.system?.slice(2).map(({ text }) => text)).toEqual(['You are a parrot.']);
    expect(body?.messages.filter(({ role }) => role !== 'system').map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(JSON.stringify(body)).toContain('/clear @/etc/passwd');
    expect(JSON.stringify(body)).not.toContain('root:');
  });

  it.each(['sonnet', 'opus', 'claude-sonnet-5-5', 'claude-opus-5-5', 'claude-haiku-4-5-20251001', 'claude-opus-4-1'])(
    'is one call to the vendor, whichever name the model has, and tells the model that ran: %s',
    async (model) => {
      vendor.requests.length = 0;
      const question = { role: 'user', content: 'hi' } as const;
      const whole = await client.chat.completions.create({ model: `claude/${model}`, messages: [question] }).withResponse();
      const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'first' }, { role: 'assistant', content: 'yes' }, question];
      const streamed = await client.chat.completions.create({ model: `claude/${model}`, stream: true, reasoning_effort: 'low', max_tokens: 50, messages }).withResponse();
      for await (const chunk of streamed.data) expect(chunk.model).toBe(`claude/${model}`);
      expect(bodies()).toHaveLength(2);
      // The CLI has other models run in the place of those that are no more.
      const running = { sonnet: 'claude-sonnet-5-5', opus: 'claude-opus-5-5', 'claude-opus-4-1': 'claude-opus-5-5' }[model] ?? model;
      expect(bodies().map((body) => body.model)).toEqual([running, running]);
      expect([whole, streamed].map(({ response }) => response.headers.get('x-shellm-model'))).toEqual([running, running]);
    },
  );

  it('streams, with reasoning and usage', async () => {
    const stream = await client.chat.completions.create(
      {
        model: 'gpt-4o',
        stream: true,
        stream_options: { include_usage: true },
        messages: [{ role: 'user', content: mock({ words: 12, delay: 10, thinking: 'let me think' }) }],
      },
      { headers: { 'X-Claude-Code': 'true' } },
    );
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    const deltas = chunks.flatMap(({ choices }) => (choices[0] ? [choices[0].delta as { content?: string; reasoning_content?: string }] : []));
    const text = deltas.map(({ content = '' }) => content).join('');
    const reasoning = deltas.map(({ reasoning_content: thought = '' }) => thought).join('');
    expect(new Set(chunks.map(({ model }) => model))).toEqual(new Set(['gpt-4o']));
    expect(text).toBe(Array.from({ length: 12 }, (_, index) => `w${index + 1}`).join(' '));
    expect(reasoning).toBe('let me think');
    expect(deltas.filter(({ content }) => content).length).toBeGreaterThan(3);
    expect(chunks.at(-1)?.usage?.completion_tokens).toBeGreaterThan(0);
  });

  it('goes on with a conversation in its live process', async () => {
    const pool = gateway.app.get(ProcessPool);
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: `remember me ${mock({ text: 'I will.' })}` }];
    const first = await client.chat.completions.create({ model: 'claude/sonnet', messages });
    messages.push({ role: 'assistant', content: first.choices[0]?.message.content ?? '' }, { role: 'user', content: `again ${mock({ text: 'Still here.' })}` });
    // The spare taken by the first turn has its successor, which is no process of the second one.
    await eventually(() => pool.capacity().active === 0 && pool.capacity().warm > 0);
    const before = processesOf(gateway.dataDir);
    vendor.requests.length = 0;
    const second = await client.chat.completions.create({ model: 'claude/sonnet', messages });
    expect(second.choices[0]?.message.content).toBe('Still here.');
    expect(processesOf(gateway.dataDir).filter((pid) => !before.includes(pid))).toEqual([]);
    expect(bodies()).toHaveLength(1);
    expect(
      bodies()[0]
        ?.messages.filter(({ role }) => role !== 'system')
        .map(({ role }) => role),
    ).toEqual(['user', 'assistant', 'user']);
  });

  it('keeps stop and max_tokens, and says what it ignored', async () => {
    const { data, response } = await client.chat.completions
      .create({ model: 'claude/sonnet', stop: ['w4'], temperature: 1, messages: [{ role: 'user', content: mock({ words: 200, delay: 20 }) }] })
      .withResponse();
    expect(data.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'w1 w2 w3 ' } });
    expect(response.headers.get('x-shellm-ignored-params')).toBe('temperature');
    expect(response.headers.get('x-claude-ignored-params')).toBe('temperature');
    const limited = await client.chat.completions.create({ model: 'claude/sonnet', max_completion_tokens: 5, messages: [{ role: 'user', content: mock({ words: 60 }) }] });
    expect(limited.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: 'w1 w2 w3 w4 w5 ' } });
  });

  it('gives errors as a client library knows them', async () => {
    const ask = (content: string, extra: object = {}): Promise<unknown> =>
      client.chat.completions.create({ model: 'claude/sonnet', messages: [{ role: 'user', content }], ...extra }).catch((error: unknown) => error);
    expect(await ask(mock({ status: 400, message: 'prompt is too long: 205000 tokens > 200000 maximum' }))).toMatchObject({ status: 400, code: 'context_length_exceeded' });
    expect(await ask('hi', { model: 'claude/claude-no-such ' + mock({ status: 404 }) })).toBeInstanceOf(NotFoundError);
    expect(await ask(mock({ status: 404 }), { model: 'claude/claude-no-such-1' })).toMatchObject({ status: 404, code: 'model_not_found' });
    expect(await ask('hi', { n: 2 })).toBeInstanceOf(BadRequestError);
    expect(await ask(mock({ status: 429, retryAfter: 120 }))).toMatchObject({ status: 429, code: 'provider_rate_limited' });
  });

  it('closes the call to the vendor and ends the child within 2 s of a client that leaves', async () => {
    for (const stream of [true, false]) {
      const { aborted } = vendor.stats;
      const leave = new AbortController();
      const request = fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'claude/sonnet', stream, messages: [{ role: 'user', content: mock({ words: 2000, delay: 20 }) }] }),
        signal: leave.signal,
      }).then((response) => response.text());
      await eventually(() => vendor.stats.open === 1, 10_000);
      leave.abort();
      await request.catch(() => undefined);
      await eventually(() => vendor.stats.aborted === aborted + 1 && vendor.stats.open === 0, 2000);
      await eventually(() => gateway.app.get(ProcessPool).capacity().active === 0);
    }
  });

  it('leaves no Claude behind when the gateway is killed with -9, and closes its calls', async () => {
    const killed = await spawnGateway(environment());
    const running = [1, 2].map((index) =>
      call(`${killed.url}/v1/chat/completions`, {
        body: { model: 'claude/sonnet', stream: true, messages: [{ role: 'user', content: `${index} ${mock({ words: 2000, delay: 20 })}` }] },
      }).catch(() => undefined),
    );
    await eventually(() => vendor.stats.open === 2, 20_000);
    killed.process.kill('SIGKILL');
    await eventually(() => processesOf(killed.dataDir).length === 0 && vendor.stats.open === 0, 5000);
    await Promise.all(running);
    await killed.dispose();
  });

  it('leaves no Claude behind that waits for a result when the gateway is killed with -9', async () => {
    const killed = await spawnGateway(environment());
    vendor.requests.length = 0;
    const messages = [{ role: 'user', content: `weather? ${mock({ tools: [{ name: 'get_weather', input: { city: 'Oslo' } }] })}` }];
    const { body } = await call(`${killed.url}/v1/chat/completions`, { body: { model: 'claude/sonnet', messages, tools: weatherTools } });
    expect(body.choices[0].finish_reason).toBe('tool_calls');
    expect(processesOf(killed.dataDir)).not.toEqual([]);
    killed.process.kill('SIGKILL');
    await eventually(() => processesOf(killed.dataDir).length === 0, 5000);
    // Its stdin has ended too: it may ask once more before the watchdog's signal reaches it.
    expect(bodies().length).toBeLessThanOrEqual(2);
    await killed.dispose();
  });

  it('finishes a running answer on SIGTERM', async () => {
    const ending = await spawnGateway(environment());
    const running = call(`${ending.url}/v1/chat/completions`, { body: { model: 'claude/sonnet', messages: [{ role: 'user', content: mock({ words: 30, delay: 40 }) }] } });
    await eventually(() => vendor.stats.open === 1, 20_000);
    ending.process.kill('SIGTERM');
    expect((await running).body).toMatchObject({ choices: [{ finish_reason: 'stop', message: { content: expect.stringMatching(/w30$/) } }] });
    expect(await ending.exited).toBe(0);
    expect(processesOf(ending.dataDir)).toEqual([]);
    await ending.dispose();
  });
});
