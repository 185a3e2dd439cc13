import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import OpenAI, { BadRequestError } from 'openai';
import { type ChatCompletion, type ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { dirname } from 'node:path';
import { ProcessPool } from '../src/process-pool/process-pool.js';
import { bootGateway, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { callsOf, functionTool, messageOf, resultOf, weatherTools as tools } from './support/function-calls.js';
import { findInstalledCli } from './support/installed-cli.js';
import { type MockOpenAi, type RecordedOpenAiRequest, startMockOpenAI } from './support/mock-openai.mjs';
import { killProcessesOf, processesOf } from './support/processes.js';

const bin = findInstalledCli('codex');
const withCli = bin === undefined ? describe.skip : describe;
const say = (prompt: string, directive: object): ChatCompletionMessageParam => ({ role: 'user', content: `${prompt} [[mock:${JSON.stringify(directive)}]]` });
// The mock counts reasoning beside the rest of the output.
const usage = { input: 42, cached: 7, output: 11, reasoning: 3 };
const call = (name: string, input: object): object => ({ name, arguments: input });

withCli('functions on Codex CLI', () => {
  jest.setTimeout(90_000);
  let vendor: MockOpenAi;
  let gateway: Gateway;
  let client: OpenAI;
  const requests = (): RecordedOpenAiRequest[] => vendor.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/responses'));
  const ask = (messages: ChatCompletionMessageParam[], more: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> = {}): Promise<ChatCompletion> =>
    client.chat.completions.create({ model: 'codex', messages, tools, ...more });
  /** Function calls and their results, in the body that reached the vendor. */
  const spokenIn = ({ body }: RecordedOpenAiRequest): string[] =>
    (body.input as { type?: string; call_id?: string; name?: string; output?: unknown }[]).flatMap(({ type, call_id: id, name, output }) =>
      type === 'function_call' ? [`call ${name} ${id}`] : type === 'function_call_output' ? [`result ${id} ${JSON.stringify(output)}`] : [],
    );

  /** Names of the functions in a body: newer models get them in a namespace, as an item of the input. */
  const toolsIn = ({ body }: RecordedOpenAiRequest): string[] => [...JSON.stringify(body).matchAll(/\{"type":"function","name":"(\w+)"/g)].map(([, name = '']) => name);

  const boot = (): Promise<Gateway> =>
    bootGateway({
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      SHELLM_CODEX_BIN: bin!,
      SHELLM_PROVIDERS: 'codex',
      CODEX_API_KEY: 'sk-codex-test',
      SHELLM_CODEX_CONFIG: JSON.stringify({ openai_base_url: `${vendor.url}/v1` }),
      SHELLM_LIVE_TTL_MS: '4000',
    });
  const clientOf = ({ url }: Gateway): OpenAI => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 });

  beforeAll(async () => {
    vendor = await startMockOpenAI();
    gateway = await boot();
    client = clientOf(gateway);
  });
  beforeEach(() => {
    vendor.reset();
  });
  afterAll(async () => {
    await gateway.close();
    await vendor.close();
  });

  it("calls the client's functions by their names, in parallel, and goes on with the results in any order", async () => {
    const question = say('weather?', { tool: [call('get_weather', { city: 'Oslo' }), call('get_time', { zone: 'CET' })], usage });
    const called = await ask([question]);
    expect(called.choices[0]?.finish_reason).toBe('tool_calls');
    expect(called.usage).toMatchObject({
      prompt_tokens: 42,
      completion_tokens: 14,
      prompt_tokens_details: { cached_tokens: 7 },
      completion_tokens_details: { reasoning_tokens: 3 },
    });
    const [weather, time] = callsOf(called);
    expect([weather?.name, weather?.arguments, time?.name, time?.arguments]).toEqual(['get_weather', { city: 'Oslo' }, 'get_time', { zone: 'CET' }]);
    const said = await ask([question, messageOf(called), resultOf(time!.id, 'noon'), resultOf(weather!.id, '-3')]);
    expect(messageOf(said).content).toContain('noon');
    expect(said.usage).toMatchObject({ prompt_tokens: 42, completion_tokens: 14 });
    expect(requests()).toHaveLength(2);
    expect(toolsIn(requests()[0]!)).toEqual(['get_weather', 'get_time']);
    expect(spokenIn(requests()[1]!)).toEqual([`call get_weather ${weather!.id}`, `call get_time ${time!.id}`, `result ${weather!.id} "-3"`, `result ${time!.id} "noon"`]);
  });

  const tenSteps = async (between: () => Promise<void>): Promise<void> => {
    const steps = [...Array.from({ length: 10 }, (_, step) => ({ tool: [call('get_weather', { city: `city ${step}` })], usage })), { text: 'Done.', usage }];
    const messages: ChatCompletionMessageParam[] = [say('tour', { steps })];
    for (let step = 0; step < 10; step++) {
      const called = await ask(messages);
      expect(called.choices[0]?.finish_reason).toBe('tool_calls');
      expect(called.usage).toMatchObject({ prompt_tokens: 42, completion_tokens: 14 });
      const [first] = callsOf(called);
      expect(first?.arguments).toEqual({ city: `city ${step}` });
      messages.push(messageOf(called), resultOf(first!.id, `weather ${step}`));
      await between();
    }
    const said = await ask(messages);
    expect(messageOf(said).content).toBe('Done.');
    expect(said.usage).toMatchObject({ prompt_tokens: 42, completion_tokens: 14 });
    expect(requests()).toHaveLength(11);
    requests().forEach((request, step) => {
      expect(spokenIn(request)).toHaveLength(2 * step);
    });
  };

  it('runs a loop of ten steps in one turn', () => tenSteps(() => Promise.resolve()));

  it('tells the whole loop to other processes where the first is gone, each time', () => tenSteps(() => killProcessesOf(gateway.dataDir)));

  it('says which result is missing, and takes words beside the results, and long ones', async () => {
    const question = say('x', { tool: [call('get_weather', { city: 'A' }), call('get_weather', { city: 'B' })] });
    const called = await ask([question]);
    const [first, second] = callsOf(called);
    const refused = await ask([question, messageOf(called), resultOf(second!.id, 'x')]).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(BadRequestError);
    expect((refused as BadRequestError).message).toContain(first!.id);
    const long = 'y'.repeat(200_000);
    const said = await ask([
      question,
      messageOf(called),
      resultOf(second!.id, 'x'),
      resultOf(first!.id, long),
      { role: 'user', content: 'And in a word? [[mock:{"text":"Fine."}]]' },
    ]);
    expect(messageOf(said).content).toBe('Fine.');
    expect(JSON.stringify(requests().at(-1)!.body)).toContain(long);
  });

  it('fails where the model invents a function, once', async () => {
    await expect(ask([say('x', { tool: [call('rm_rf', {})] })])).rejects.toMatchObject({ status: 502, code: 'upstream_error' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(requests().length).toBeLessThanOrEqual(2);
  });

  it('takes names that the CLI has for itself', async () => {
    const names = ['mcp__files__read', 'exec_command', 'apply_patch', 'shell', 'update_plan', 'view_image', 'web_search'];
    for (const name of names) {
      const question = say('x', { tool: [call(/^mcp__|^exec_command$/.test(name) ? `_${name}` : name, { city: 'A' })] });
      const own = { tools: [functionTool(name)] };
      const called = await ask([question], own);
      expect([name, callsOf(called).map((each) => each.name)]).toEqual([name, [name]]);
      expect(messageOf(await ask([question, messageOf(called), resultOf(callsOf(called)[0]!.id, `of ${name}`)], own)).content).toContain(`of ${name}`);
    }
  });

  it('fails where the model invents a function beside a true one, streamed too', async () => {
    const stream = await client.chat.completions.create({
      ...{ model: 'codex', tools, stream: true },
      messages: [say('x', { tool: [call('get_weather', { city: 'A' }), call('rm_rf', {})] })],
    });
    const reasons: unknown[] = [];
    const read = async (): Promise<void> => {
      for await (const chunk of stream) reasons.push(chunk.choices[0]?.finish_reason);
    };
    await expect(read()).rejects.toThrow('rm_rf');
    expect(reasons.filter((reason) => typeof reason === 'string')).toEqual(['error']);
    await eventually(() => gateway.app.get(ProcessPool).slots.active === 0);
  });

  it('keeps tool_choice none, required and named, the last by whatever name', async () => {
    await ask([say('x', { text: 'no' })], { tool_choice: 'none' });
    expect(toolsIn(requests()[0]!)).toEqual([]);
    await ask([say('x', { tool: [call('get_weather', { city: 'B' })] })], { tool_choice: 'required' });
    expect(toolsIn(requests().at(-1)!)).toEqual(['get_weather', 'get_time']);
    expect(JSON.stringify(requests().at(-1)!.body)).toContain('Do not answer in words alone.');
    const called = await ask([say('x', { tool: [call('_mcp__f', { city: 'B' })] })], {
      ...{ tools: [...tools, functionTool('mcp__f')], tool_choice: { type: 'function', function: { name: 'mcp__f' } } },
    });
    expect(toolsIn(requests().at(-1)!)).toEqual(['_mcp__f']);
    expect(JSON.stringify(requests().at(-1)!.body)).toContain('Answer by calling the tool _mcp__f.');
    expect(callsOf(called).map(({ name }) => name)).toEqual(['mcp__f']);
  });

  it('calls one function at a time where the client wants it so', async () => {
    const question = say('x', { tool: [call('get_weather', { city: 'A' }), call('get_weather', { city: 'B' })], usage });
    const one = { parallel_tool_calls: false };
    const called = await ask([question], one);
    expect(callsOf(called).map((each) => each.arguments)).toEqual([{ city: 'A' }]);
    const { id } = callsOf(called)[0]!;
    expect(messageOf(await ask([question, messageOf(called), resultOf(id, 'wet')], one)).content).toContain('wet');
    expect(spokenIn(requests().at(-1)!)).toEqual([`call get_weather ${id}`, `result ${id} "wet"`]);
  });

  describe.each<[string, () => Promise<void>]>([
    ['by the turn that waits for it', () => Promise.resolve()],
    ['by another process', () => killProcessesOf(gateway.dataDir)],
  ])('a result, taken %s,', (_, between) => {
    const answered = async (content: unknown): Promise<ChatCompletion> => {
      const question = say('x', { steps: [{ tool: [call('get_weather', { city: 'A' })] }, { text: 'I see.', usage }] });
      const called = await ask([question]);
      await between();
      return ask([question, messageOf(called), resultOf(callsOf(called)[0]!.id, content as string)]);
    };

    it('may be long, and reaches the vendor whole', async () => {
      const long = Array.from({ length: 20_000 }, (__, index) => `line ${index}`).join('\n');
      expect(long.length).toBeGreaterThan(200_000);
      const said = await answered(long);
      expect(spokenIn(requests().at(-1)!)[1]).toBe(`result ${callIn()} ${JSON.stringify(long)}`);
      expect([messageOf(said).content, said.usage?.prompt_tokens, said.usage?.completion_tokens]).toEqual(['I see.', 42, 14]);
      expect(requests()).toHaveLength(2);
    });

    it('may be of several parts, a picture among them', async () => {
      const url = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
      await answered([
        { type: 'text', text: 'A map:' },
        { type: 'image_url', image_url: { url } },
      ]);
      const body = JSON.stringify(requests().at(-1)!.body);
      expect([body.includes('A map:'), body.includes(url)]).toEqual([true, true]);
      expect(requests()).toHaveLength(2);
    });

    const callIn = (): string => /call \w+ (\S+)/.exec(spokenIn(requests().at(-1)!)[0]!)![1]!;
  });

  it('streams calls at the price that the vendor tells, and goes on from there', async () => {
    const question = say('x', { tool: [call('get_weather', { city: 'A' }), call('get_time', { zone: 'Z' })], usage });
    const streamed = (messages: ChatCompletionMessageParam[]): Promise<ChatCompletion> =>
      client.chat.completions.stream({ model: 'codex', tools, stream_options: { include_usage: true }, messages }).finalChatCompletion();
    const priced = { prompt_tokens: 42, completion_tokens: 14, prompt_tokens_details: { cached_tokens: 7 }, completion_tokens_details: { reasoning_tokens: 3 } };
    const called = await streamed([question]);
    expect([called.choices[0]?.finish_reason, callsOf(called).map((each) => each.arguments)]).toEqual(['tool_calls', [{ city: 'A' }, { zone: 'Z' }]]);
    expect(called.usage).toMatchObject(priced);
    const said = await streamed([question, messageOf(called), ...callsOf(called).map(({ id }) => resultOf(id, `of ${id}`))]);
    expect([said.choices[0]?.finish_reason, messageOf(said).content]).toEqual(['stop', expect.stringContaining('of call_')]);
    expect(said.usage).toMatchObject(priced);
    expect(requests()).toHaveLength(2);
  });

  describe('answers by a schema', () => {
    const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false };
    const format: OpenAI.ResponseFormatJSONSchema = { type: 'json_schema', json_schema: { name: 'place', schema } };
    const native = { text: { format: { type: 'json_schema', strict: true, schema } } };

    it.each([false, true])('by its own means; streamed: %s', async (stream) => {
      const body = { model: 'codex', messages: [say('x', { text: '{"city":"Paris"}', usage })], response_format: format };
      const whole = stream
        ? await client.chat.completions.stream({ ...body, stream_options: { include_usage: true } }).finalChatCompletion()
        : await client.chat.completions.create(body);
      expect([whole.choices[0]?.message.content, whole.usage?.prompt_tokens, whole.usage?.completion_tokens]).toEqual(['{"city":"Paris"}', 42, 14]);
      expect(requests()).toHaveLength(1);
      expect(requests()[0]!.body).toMatchObject(native);
    });

    it('after calls too', async () => {
      const question = say('x', { steps: [{ tool: [call('get_weather', { city: 'A' })] }, { text: '{"city":"Oslo"}' }] });
      const called = await ask([question], { response_format: format });
      const said = await ask([question, messageOf(called), resultOf(callsOf(called)[0]!.id, 'wet')], { response_format: format });
      expect(messageOf(said).content).toBe('{"city":"Oslo"}');
      for (const { body } of requests()) expect(body).toMatchObject(native);
    });

    it('by instruction where its vendor would refuse the schema', async () => {
      const open = { type: 'object', properties: { city: { type: 'string', default: 'Rome' } } };
      const said = await client.chat.completions.create({
        ...{ model: 'codex', messages: [say('x', { text: '{"city":"Paris"}' })], response_format: { type: 'json_schema' as const, json_schema: { name: 'place', schema: open } } },
      });
      expect(said.choices[0]?.message.content).toBe('{"city":"Paris"}');
      expect(requests().map(({ body }) => JSON.stringify(body).includes('"json_schema"'))).toEqual([false]);
    });
  });

  it('takes no slot while it waits, and leaves nothing behind where the client never comes back', async () => {
    const { slots } = gateway.app.get(ProcessPool);
    const question = say('x', { tool: [call('get_weather', { city: 'A' })] });
    const called = await ask([question]);
    expect(slots.active).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 5000));
    expect([requests().length, slots.active]).toEqual([1, 0]);
    expect(messageOf(await ask([say('still there?', { text: 'Yes.' })])).content).toBe('Yes.');
    // Late, but not lost: it is told again.
    expect(messageOf(await ask([question, messageOf(called), resultOf(callsOf(called)[0]!.id, 'wet')])).content).toContain('wet');
  });

  it('ends at once with the gateway, though turns wait for results', async () => {
    await Promise.all(['A', 'B', 'C'].map((city) => ask([say(city, { tool: [call('get_weather', { city })] })])));
    const began = performance.now();
    await gateway.close();
    expect([performance.now() - began < 5000, processesOf(gateway.dataDir)]).toEqual([true, []]);
    gateway = await boot();
    client = clientOf(gateway);
  });
});
