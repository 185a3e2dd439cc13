import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import OpenAI, { BadRequestError } from 'openai';
import { type ChatCompletion, type ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { ProcessPool } from '../src/process-pool/process-pool.js';
import { bootGateway, call as requestOf, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { callsOf, messageOf, resultOf, weatherTools as tools } from './support/function-calls.js';
import { findInstalledCli } from './support/installed-cli.js';
import { type RecordedRequest, startMock } from './support/mock-anthropic.mjs';
import { killProcessesOf } from './support/processes.js';

const bin = findInstalledCli('claude');
const withCli = bin === undefined ? describe.skip : describe;
const mock = (directive: object): string => `@@mock ${JSON.stringify(directive)} @@`;
const usage = { input_tokens: 30, cache_creation_input_tokens: 5, cache_read_input_tokens: 7, output_tokens: 11 };

withCli('functions on Claude Code', () => {
  jest.setTimeout(90_000);
  let vendor: Awaited<ReturnType<typeof startMock>>;
  let gateway: Gateway;
  let client: OpenAI;
  const bodies = (): RecordedRequest['body'][] => vendor.requests.filter(({ path }) => path.startsWith('/v1/messages')).map(({ body }) => body);
  const ask = (messages: ChatCompletionMessageParam[], more: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> = {}): Promise<ChatCompletion> =>
    client.chat.completions.create({ model: 'claude/sonnet', messages, tools, ...more });
  /** How many processes have called the vendor. */
  const processes = (): number => new Set(bodies().map(({ metadata }) => metadata?.user_id)).size;

  beforeAll(async () => {
    vendor = await startMock({ strict: true });
    gateway = await bootGateway({ SHELLM_CLAUDE_BIN: bin!, ANTHROPIC_BASE_URL: vendor.url, ANTHROPIC_API_KEY: 'sk-ant-mock-key', SHELLM_LIVE_TTL_MS: '6000' });
    client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'none', maxRetries: 0 });
  });
  beforeEach(() => {
    vendor.requests.length = 0;
  });
  afterAll(async () => {
    await gateway.close();
    await vendor.close();
  });

  it("calls the client's functions by their names, in parallel, and goes on with the results in any order", async () => {
    const question: ChatCompletionMessageParam = {
      role: 'user',
      content: `weather? ${mock({
        text: 'Let me look.',
        tools: [
          { name: 'get_weather', input: { city: 'Oslo' } },
          { name: 'get_time', input: { zone: 'CET' } },
        ],
        after: 'Cold, at noon.',
        usage,
      })}`,
    };
    const called = await ask([{ role: 'system', content: 'Be brief.' }, question]);
    expect(called.choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { content: 'Let me look.' } });
    expect(called.usage).toMatchObject({ prompt_tokens: 42, completion_tokens: 11, prompt_tokens_details: { cached_tokens: 7 } });
    const [weather, time] = callsOf(called);
    expect([weather?.name, weather?.arguments, time?.name, time?.arguments]).toEqual(['get_weather', { city: 'Oslo' }, 'get_time', { zone: 'CET' }]);
    const said = await ask([{ role: 'system', content: 'Be brief.' }, question, messageOf(called), resultOf(time!.id, 'noon'), resultOf(weather!.id, '-3')]);
    expect(said.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'Cold, at noon.' } });
    const [first, second] = bodies();
    expect(bodies()).toHaveLength(2);
    expect(processes()).toBe(1);
    expect(first?.tools?.map(({ name }) => name).sort()).toEqual(['get_time', 'get_weather']);
    expect(second?.messages.filter(({ role }) => role !== 'system').map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    const blocks = second!.messages.flatMap(({ content }) => (typeof content === 'string' ? [] : content)) as { type: string; tool_use_id?: string; content?: unknown }[];
    expect(blocks.filter(({ type }) => type === 'tool_use')).toHaveLength(2);
    const results = blocks.filter(({ type }) => type === 'tool_result');
    expect(Object.fromEntries(results.map(({ tool_use_id: id, content }) => [id, JSON.stringify(content)]))).toEqual({
      [weather!.id]: expect.stringContaining('-3'),
      [time!.id]: expect.stringContaining('noon'),
    });
  });

  const tenSteps = async (between: () => Promise<void>): Promise<void> => {
    const steps = Array.from({ length: 10 }, (_, step) => [{ name: 'get_weather', input: { city: `city ${step}` } }]);
    const messages: ChatCompletionMessageParam[] = [{ role: 'user', content: `tour ${mock({ tools: steps[0], afterTools: steps.slice(1), after: 'Done.', usage })}` }];
    for (let step = 0; step < 10; step++) {
      const called = await ask(messages);
      expect(called.choices[0]?.finish_reason).toBe('tool_calls');
      expect(called.usage).toMatchObject({ prompt_tokens: 42, completion_tokens: 11 });
      const [call] = callsOf(called);
      expect(call?.arguments).toEqual({ city: `city ${step}` });
      messages.push(messageOf(called), resultOf(call!.id, `weather ${step}`));
      await between();
    }
    expect(messageOf(await ask(messages)).content).toBe('Done.');
    expect(bodies()).toHaveLength(11);
    for (const [step, body] of bodies().entries()) {
      const spoken = body.messages.filter(({ role }) => role !== 'system');
      expect(spoken.length).toBe(1 + 2 * step);
      expect(JSON.stringify(spoken).match(/"type":"tool_use"/g) ?? []).toHaveLength(step);
      expect(JSON.stringify(spoken).match(/"type":"tool_result"/g) ?? []).toHaveLength(step);
    }
  };

  it('runs a loop of ten steps in one process, its prefix the same to the byte', async () => {
    await tenSteps(() => Promise.resolve());
    if (processes() > 1) {
      // What is held is a cache: an overloaded machine may lose a step of it, not twice in a row.
      vendor.requests.length = 0;
      await tenSteps(() => Promise.resolve());
    }
    expect(processes()).toBe(1);
    const unmarked = (value: unknown): string => JSON.stringify(value, (field, inner: unknown) => (field === 'cache_control' ? undefined : inner));
    const all = bodies();
    for (const [index, body] of all.entries()) {
      const next = all[index + 1];
      if (!next) break;
      expect(unmarked(next.tools)).toBe(unmarked(body.tools));
      expect(unmarked(next.system)).toBe(unmarked(body.system));
      const prefix = body.messages.filter(({ role }) => role !== 'system').map(unmarked);
      expect(
        next.messages
          .filter(({ role }) => role !== 'system')
          .map(unmarked)
          .slice(0, prefix.length),
      ).toEqual(prefix);
    }
  });

  it('streams the arguments as the model writes them', async () => {
    const stream = await client.chat.completions.create({
      model: 'claude/sonnet',
      tools,
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: 'user', content: `x ${mock({ tools: [{ name: 'get_weather', input: { city: 'a rather long name of a city' } }], delay: 5, usage })}` }],
    });
    const pieces: string[] = [];
    const heads: unknown[] = [];
    let last: unknown;
    for await (const chunk of stream) {
      for (const { id, function: piece } of chunk.choices[0]?.delta.tool_calls ?? []) {
        if (id !== undefined) heads.push(piece?.name);
        pieces.push(piece?.arguments ?? '');
      }
      last = chunk.usage ?? last;
    }
    expect(heads).toEqual(['get_weather']);
    expect(JSON.parse(pieces.join(''))).toEqual({ city: 'a rather long name of a city' });
    expect(pieces.filter((piece) => piece !== '').length).toBeGreaterThan(1);
    expect(last).toMatchObject({ prompt_tokens: 42, completion_tokens: 11 });
  });

  it('says which result is missing', async () => {
    const question: ChatCompletionMessageParam = {
      role: 'user',
      content: `x ${mock({
        tools: [
          { name: 'get_weather', input: { city: 'A' } },
          { name: 'get_weather', input: { city: 'B' } },
        ],
      })}`,
    };
    const called = await ask([question]);
    const [first, second] = callsOf(called);
    const refused = await ask([question, messageOf(called), resultOf(second!.id, 'x')]).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(BadRequestError);
    expect((refused as BadRequestError).message).toContain(first!.id);
    expect(messageOf(await ask([question, messageOf(called), resultOf(second!.id, 'x'), resultOf(first!.id, 'y')])).content).toContain('x');
  });

  it('takes words beside the results, and results of any length', async () => {
    const question: ChatCompletionMessageParam = { role: 'user', content: `x ${mock({ tools: [{ name: 'get_weather', input: { city: 'A' } }], after: 'Seen.' })}` };
    const called = await ask([question]);
    const [call] = callsOf(called);
    const long = 'y'.repeat(450_000);
    expect(messageOf(await ask([question, messageOf(called), resultOf(call!.id, long)])).content).toBe('Seen.');
    expect(JSON.stringify(bodies().at(-1))).toContain(long);
    expect(processes()).toBe(1);
    const longer = 'z'.repeat(600_000);
    expect(messageOf(await ask([question, messageOf(called), resultOf(call!.id, longer), { role: 'user', content: 'and?' }])).content).toBe('Seen.');
    expect(JSON.stringify(bodies().at(-1))).toContain(longer);
    expect(JSON.stringify(bodies().at(-1))).toContain('and?');
  });

  it('fails where the model invents a function, before the CLI tells the model of it', async () => {
    const content = `x ${mock({ tools: [{ name: 'rm_rf', input: { path: 'a long way down' } }], delay: 300 })}`;
    await expect(ask([{ role: 'user', content }])).rejects.toMatchObject({ status: 502, code: 'upstream_error', message: expect.stringContaining('rm_rf') });
    await eventually(() => vendor.stats.open === 0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(bodies()).toHaveLength(1);
  });

  it('keeps tool_choice none and named, one call where calls are not to be parallel, and empty arguments', async () => {
    await ask([{ role: 'user', content: `x ${mock({ text: 'no' })}` }], { tool_choice: 'none' });
    expect(bodies()[0]?.tools ?? []).toEqual([]);
    const both = {
      tools: [
        { name: 'get_weather', input: {} },
        { name: 'get_weather', input: { city: 'B' } },
      ],
      after: 'So.',
    };
    const question: ChatCompletionMessageParam = { role: 'user', content: `x ${mock(both)}` };
    const called = await ask([question], { tool_choice: { type: 'function', function: { name: 'get_weather' } }, parallel_tool_calls: false });
    expect(
      bodies()
        .at(-1)
        ?.tools?.map(({ name }) => name),
    ).toEqual(['get_weather']);
    expect(callsOf(called).map((call) => call.arguments)).toEqual([{}]);
    const [call] = callsOf(called);
    const said = await ask([question, messageOf(called), resultOf(call!.id, 'r')], { parallel_tool_calls: false });
    expect(messageOf(said).content).toBe('So.');
    expect(bodies()).toHaveLength(3);
  });

  it('holds many calls at once', async () => {
    const calls = Array.from({ length: 24 }, (_, index) => ({ name: 'get_weather', input: { city: `city ${index}` } }));
    const question: ChatCompletionMessageParam = { role: 'user', content: `x ${mock({ tools: calls, after: 'All.' })}` };
    const called = await ask([question]);
    expect(callsOf(called)).toHaveLength(24);
    const said = await ask([question, messageOf(called), ...callsOf(called).map(({ id }) => resultOf(id, `of ${id}`))]);
    expect([messageOf(said).content, bodies().length, processes()]).toEqual(['All.', 2, 1]);
  });

  it('tells another process what the first would not hand on as it is: other words, a long error; and the first calls nobody any more', async () => {
    const question: ChatCompletionMessageParam = { role: 'user', content: `x ${mock({ tools: [{ name: 'get_weather', input: { city: 'A' } }], after: 'Seen.' })}` };
    const called = await ask([question]);
    const [call] = callsOf(called);
    const said = await ask([question, messageOf(called), resultOf(call!.id, 'fine'), { role: 'user', content: 'and?' }]);
    expect([messageOf(said).content, processes()]).toEqual(['Seen.', 2]);
    const failed = 'e'.repeat(20_000);
    const tool = { name: 'get_weather', input_schema: { type: 'object' } };
    const send = async (messages: object[]): Promise<{ content: { type: string; id?: string; text?: string }[] }> => {
      const sent = { model: 'claude/sonnet', max_tokens: 1000, tools: [tool], messages };
      return (await requestOf(`${gateway.url}/v1/messages`, { headers: { 'anthropic-version': '2023-06-01' }, body: sent })).body as never;
    };
    const first = { role: 'user', content: question.content };
    const { content } = await send([first]);
    const id = content.find(({ type }) => type === 'tool_use')?.id;
    const last = { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, is_error: true, content: failed }] };
    expect((await send([first, { role: 'assistant', content }, last])).content.map(({ text }) => text)).toEqual(['Seen.']);
    expect(JSON.stringify(bodies().at(-1))).toContain(failed);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect([bodies().length, processes()]).toEqual([4, 4]);
  });

  it('tells the whole loop to other processes where the first is gone, each time', async () => {
    await tenSteps(() => killProcessesOf(gateway.dataDir));
    expect(processes()).toBe(11);
  });

  it.each(['sonnet', 'claude-sonnet-5-5', 'claude-opus-4-1', 'opus[1m]'])('tells signed reasoning again where the process is gone: %s', async (model) => {
    const tool = { name: 'get_weather', input_schema: { type: 'object' } };
    const first = { role: 'user', content: `x ${mock({ thinking: 'let me see', tools: [{ name: 'get_weather', input: { city: 'A' } }], after: 'Seen.' })}` };
    const send = async (messages: object[]): Promise<{ content: { type: string; id?: string; text?: string }[] }> =>
      (await requestOf(`${gateway.url}/v1/messages`, { body: { model: `claude/${model}`, max_tokens: 1000, tools: [tool], messages } })).body as never;
    const { content } = await send([first]);
    await killProcessesOf(gateway.dataDir);
    const result = { type: 'tool_result', tool_use_id: content.find(({ type }) => type === 'tool_use')?.id, content: 'fine' };
    expect((await send([first, { role: 'assistant', content }, { role: 'user', content: [result] }])).content).toMatchObject([{ type: 'text', text: 'Seen.' }]);
    expect([bodies().length, processes()]).toEqual([2, 2]);
    const told = bodies()[1]?.messages.find(({ role }) => role === 'assistant')?.content;
    expect(told).toMatchObject([
      { type: 'thinking', thinking: 'let me see', signature: 'bW9jay1zaWduYXR1cmU=' },
      { type: 'tool_use', name: 'get_weather' },
    ]);
  });

  it('leaves no process behind where the client never comes back', async () => {
    const pool = gateway.app.get(ProcessPool);
    await ask([{ role: 'user', content: `nobody returns ${mock({ tools: [{ name: 'get_weather', input: { city: 'A' } }] })}` }]);
    expect(pool.live.size).toBeGreaterThan(0);
    await eventually(() => pool.live.size === 0, 15_000);
    await new Promise((resolve) => setTimeout(resolve, 500));
    // On a busy machine the CLI may have begun another call before the signal reached it.
    expect(bodies().filter((body) => JSON.stringify(body.messages).includes('nobody returns')).length).toBeLessThanOrEqual(2);
  });
});
