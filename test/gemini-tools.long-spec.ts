import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import OpenAI from 'openai';
import { type ChatCompletion, type ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ProcessPool } from '../src/process-pool/process-pool.js';
import { bootGateway, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { callsOf, functionTool, messageOf, resultOf, weatherTools as tools } from './support/function-calls.js';
import { findInstalledCli } from './support/installed-cli.js';
import { startMockGemini } from './support/mock-gemini.mjs';
import { killProcessesOf } from './support/processes.js';

const bin = findInstalledCli('gemini');
const withCli = bin === undefined ? describe.skip : describe;
const say = (prompt: string, directive: object): ChatCompletionMessageParam => ({ role: 'user', content: `${prompt} [[mock:${JSON.stringify(directive)}]]` });
const call = (name: string, args: object): object => ({ name: `mcp_client_${name}`, args });

/** Names of files below the folder that hold a word. */
const filesWith = (folder: string, word: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    return entry.isFile() && readFileSync(path, 'utf8').includes(word) ? [path] : [];
  });

withCli('functions on Gemini CLI', () => {
  jest.setTimeout(90_000);
  let vendor: Awaited<ReturnType<typeof startMockGemini>>;
  let gateway: Gateway;
  let client: OpenAI;
  const bodies = (): string[] => vendor.requests.filter(({ path }) => path.includes('streamGenerateContent')).map(({ body }) => JSON.stringify(body));
  const ask = (messages: ChatCompletionMessageParam[], more: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> = {}): Promise<ChatCompletion> =>
    client.chat.completions.create({ model: 'gemini', messages, tools, ...more });

  beforeAll(async () => {
    vendor = await startMockGemini();
    gateway = await bootGateway({
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      SHELLM_GEMINI_BIN: bin!,
      SHELLM_PROVIDERS: 'gemini',
      GEMINI_API_KEY: 'gemini-test-key',
      GOOGLE_GEMINI_BASE_URL: vendor.url,
      SHELLM_LIVE_TTL_MS: '6000',
    });
    client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'none', maxRetries: 0 });
  });
  beforeEach(() => {
    vendor.requests.length = 0;
  });
  afterAll(async () => {
    await gateway.close();
    await vendor.close();
  });

  it("calls the client's function by its name, and goes on with the result in the same turn", async () => {
    const question = say('weather?', { tool: [call('get_weather', { city: 'Oslo', wait_for_previous: true })], usage: { prompt: 42, output: 11, cached: 7 } });
    const called = await ask([{ role: 'system', content: 'Be brief.' }, question]);
    expect(called.choices[0]?.finish_reason).toBe('tool_calls');
    const [weather] = callsOf(called);
    expect([weather?.name, weather?.arguments]).toEqual(['get_weather', { city: 'Oslo' }]);
    expect(called.usage).toMatchObject({ prompt_tokens: 42, completion_tokens: 11, prompt_tokens_details: { cached_tokens: 7 } });
    const said = await ask([{ role: 'system', content: 'Be brief.' }, question, messageOf(called), resultOf(weather!.id, 'minus three')]);
    expect(messageOf(said).content).toContain('minus three');
    expect(bodies()).toHaveLength(2);
    expect(bodies()[1]).toContain('functionResponse');
    expect(said.usage).toMatchObject({ prompt_tokens: 42, completion_tokens: 11 });
  });

  it('tells several calls of one answer one after the other, and its cost once', async () => {
    const question = say('both?', { tool: [call('get_weather', { city: 'Oslo' }), call('get_time', { zone: 'CET' })], usage: { prompt: 42, output: 11 } });
    const messages: ChatCompletionMessageParam[] = [question];
    const first = await ask(messages);
    messages.push(messageOf(first), resultOf(callsOf(first)[0]!.id, 'cold'));
    const second = await ask(messages);
    expect([callsOf(first)[0]?.name, callsOf(second)[0]?.name]).toEqual(['get_weather', 'get_time']);
    expect([first.usage?.prompt_tokens, second.usage?.prompt_tokens]).toEqual([42, 0]);
    messages.push(messageOf(second), resultOf(callsOf(second)[0]!.id, 'noon'));
    expect(messageOf(await ask(messages)).content).toContain('noon');
    expect(bodies()).toHaveLength(2);
  });

  interface Part {
    readonly text?: string;
    readonly functionCall?: { readonly id?: string; readonly name: string; readonly args: object };
    readonly functionResponse?: { readonly id?: string; readonly name: string; readonly response: { readonly output: string } };
  }
  const partsOf = (body: string): Part[] => (JSON.parse(body) as { contents: { parts: Part[] }[] }).contents.flatMap(({ parts }) => parts);
  const steps = [
    { tool: [call('get_weather', { city: 'Oslo' })], usage: { prompt: 50, cached: 40, output: 3, thoughts: 9 } },
    { tool: [call('get_time', { zone: 'CET' })], usage: { prompt: 60, cached: 50, output: 4, thoughts: 1 } },
    { text: 'Cold, at noon.', usage: { prompt: 70, cached: 60, output: 5, thoughts: 2 } },
  ];
  const loop = async (between: () => Promise<void>): Promise<void> => {
    const messages: ChatCompletionMessageParam[] = [{ role: 'system', content: 'Be brief.' }, say('both, in order?', { steps })];
    const answers = [];
    for (const answer of ['minus three', 'noon']) {
      const called = await ask(messages);
      answers.push(called);
      messages.push(messageOf(called), resultOf(callsOf(called)[0]!.id, answer));
      await between();
    }
    answers.push(await ask(messages));
    expect(answers.map((answer) => callsOf(answer).map(({ name, arguments: args }) => [name, args]))).toEqual([
      [['get_weather', { city: 'Oslo' }]],
      [['get_time', { zone: 'CET' }]],
      [],
    ]);
    expect(messageOf(answers[2]!).content).toBe('Cold, at noon.');
    expect(answers.map(({ usage }) => usage)).toMatchObject(
      steps.map(({ usage: { prompt, cached, output, thoughts } }) => ({
        prompt_tokens: prompt,
        completion_tokens: output + thoughts,
        prompt_tokens_details: { cached_tokens: cached },
        completion_tokens_details: { reasoning_tokens: thoughts },
      })),
    );
    expect(bodies()).toHaveLength(3);
    const parts = partsOf(bodies()[2]!);
    expect(parts.flatMap(({ functionCall }) => functionCall ?? [])).toMatchObject([
      { name: 'mcp_client_get_weather', args: { city: 'Oslo' } },
      { name: 'mcp_client_get_time', args: { zone: 'CET' } },
    ]);
    expect(parts.flatMap(({ functionResponse }) => functionResponse ?? [])).toMatchObject([
      { name: 'mcp_client_get_weather', response: { output: expect.stringContaining('minus three') } },
      { name: 'mcp_client_get_time', response: { output: expect.stringContaining('noon') } },
    ]);
  };

  it('runs a loop in one session, each answer at its own cost', () => loop(() => Promise.resolve()));

  it('tells the loop again, calls and results as what they are, where the process is gone', () => loop(() => killProcessesOf(gateway.dataDir)));

  it('calls a function whose name the CLI shortens by its whole name, also when it is told again', async () => {
    const name = `look_up_${'the_'.repeat(12)}weather`.padEnd(64, '!').replaceAll('!', 'x');
    const shown = `mcp_client_${name}`.replace(/^(.{30}).*(.{30})$/, '$1...$2');
    const question = say('weather?', { tool: [{ name: shown, args: { city: 'Oslo' } }] });
    const called = await ask([question], { tools: [functionTool(name)] });
    expect(bodies()[0]).toContain(`"name":"${shown}"`);
    expect(callsOf(called)).toMatchObject([{ name, arguments: { city: 'Oslo' } }]);
    await killProcessesOf(gateway.dataDir);
    await ask([question, messageOf(called), resultOf(callsOf(called)[0]!.id, 'minus three')], { tools: [functionTool(name)] });
    const parts = partsOf(bodies()[1]!);
    expect(parts.flatMap(({ functionCall }) => functionCall ?? [])).toMatchObject([{ name: shown }]);
    expect(parts.flatMap(({ functionResponse }) => functionResponse ?? [])).toMatchObject([{ name: shown, response: { output: 'minus three' } }]);
  });

  it('tells the conversation again where other words come', async () => {
    const question = say('weather?', { tool: [call('get_weather', { city: 'Oslo' })] });
    const called = await ask([question]);
    const told = await ask([question, messageOf(called), resultOf(callsOf(called)[0]!.id, 'wet'), { role: 'user', content: 'In a word? [[mock:{"text":"Wet."}]]' }]);
    expect(messageOf(told).content).toBe('Wet.');
    const parts = partsOf(bodies().at(-1)!);
    expect(parts.find(({ functionResponse }) => functionResponse)?.functionResponse).toMatchObject({ id: callsOf(called)[0]!.id, response: { output: 'wet' } });
    expect(parts.at(-1)?.text).toContain('In a word?');
  });

  it('says what the model said before it called, and counts what the CLI asked on its own', async () => {
    const invented = { tool: [{ name: 'rm_rf', args: {} }], usage: { prompt: 10, output: 1 } };
    const question = say('look', { steps: [invented, { ...steps[0], before: 'Let me look.' }, { text: 'Done.', usage: { prompt: 30, output: 2 } }] });
    const called = await ask([question]);
    expect([messageOf(called).content, callsOf(called)[0]?.name]).toEqual(['Let me look.', 'get_weather']);
    expect(called.usage).toMatchObject({ prompt_tokens: 60, completion_tokens: 13 });
    const said = await ask([question, messageOf(called), resultOf(callsOf(called)[0]!.id, 'x')]);
    expect([messageOf(said).content, said.usage?.prompt_tokens, said.usage?.completion_tokens]).toEqual(['Done.', 30, 2]);
  });

  it('demands a call, of one function where it is named', async () => {
    const named = { tool_choice: { type: 'function', function: { name: 'get_time' } } } as const;
    const question = say('x', { tool: [call('get_time', { zone: 'CET' })] });
    expect(callsOf(await ask([question], named))[0]?.name).toBe('get_time');
    expect(bodies().at(-1)).not.toContain('get_weather');
    expect(bodies().at(-1)).toContain('Answer by calling the tool get_time');
    await expect(ask([say('x', { text: 'no' })], { tool_choice: 'required' })).rejects.toMatchObject({ status: 502, code: 'upstream_error' });
  });

  it('streams a call, keeps tool_choice none, takes a long result', async () => {
    const stream = await client.chat.completions.create({ model: 'gemini', tools, stream: true, messages: [say('x', { tool: [call('get_weather', { city: 'A' })] })] });
    const names: unknown[] = [];
    for await (const chunk of stream) names.push(...(chunk.choices[0]?.delta.tool_calls ?? []).flatMap(({ function: named }) => named?.name ?? []));
    expect(names).toEqual(['get_weather']);
    await ask([say('x', { text: 'no' })], { tool_choice: 'none' });
    expect(bodies().at(-1)).not.toContain('get_weather');
    const question = say('long', { tool: [call('get_weather', { city: 'B' })] });
    const called = await ask([question]);
    const long = 'y'.repeat(200_000);
    await ask([question, messageOf(called), resultOf(callsOf(called)[0]!.id, long)]);
    expect(bodies().at(-1)).toContain(long);
  });

  it('outlives a call that leaves the CLI without functions for ever', async () => {
    await ask([say('x', { tool: { name: '__proto__', args: {} } })], { tools: undefined });
    const question = say('weather?', { tool: [call('get_weather', { city: 'Oslo' })] });
    expect(callsOf(await ask([question]))).toMatchObject([{ name: 'get_weather' }]);
  });

  it('leaves nothing behind where the client never comes back', async () => {
    const pool = gateway.app.get(ProcessPool);
    await ask([say('needle-of-one', { tool: [call('get_weather', { city: 'A' })] })]);
    await eventually(() => filesWith(gateway.dataDir, 'needle-of-one').length === 0);
    await new Promise((resolve) => setTimeout(resolve, 7000));
    expect(bodies()).toHaveLength(1);
    expect(pool.slots.active).toBe(0);
    expect(messageOf(await ask([say('still there?', { text: 'Yes.' })])).content).toBe('Yes.');
  });
});
