import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import OpenAI from 'openai';
import { type ChatCompletion, type ChatCompletionMessageParam, type ChatCompletionTool } from 'openai/resources/chat/completions';
import { dirname } from 'node:path';
import { ProcessPool } from '../src/process-pool/process-pool.js';
import { bootGateway, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { findInstalledCli } from './support/installed-cli.js';
import { startMockGemini } from './support/mock-gemini.mjs';
import { processesOf } from './support/processes.js';

const bin = findInstalledCli('gemini');
const withCli = bin === undefined ? describe.skip : describe;
const say = (prompt: string, directive: object): ChatCompletionMessageParam => ({ role: 'user', content: `${prompt} [[mock:${JSON.stringify(directive)}]]` });
const tool = (name: string, properties: object = { city: { type: 'string' } }): ChatCompletionTool => ({
  type: 'function',
  function: { name, description: `What ${name} does.`, parameters: { type: 'object', properties, required: Object.keys(properties) } },
});
const tools = [tool('get_weather'), tool('get_time', { zone: { type: 'string' } })];
const call = (name: string, args: object): object => ({ name: `mcp_client_${name}`, args });

withCli('functions on Gemini CLI', () => {
  jest.setTimeout(90_000);
  let vendor: Awaited<ReturnType<typeof startMockGemini>>;
  let gateway: Gateway;
  let client: OpenAI;
  const bodies = (): string[] => vendor.requests.filter(({ path }) => path.includes('streamGenerateContent')).map(({ body }) => JSON.stringify(body));
  const ask = (messages: ChatCompletionMessageParam[], more: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> = {}): Promise<ChatCompletion> =>
    client.chat.completions.create({ model: 'gemini', messages, tools, ...more });
  const messageOf = (answer: ChatCompletion): ChatCompletion['choices'][0]['message'] => answer.choices[0]!.message;
  const callsOf = (answer: ChatCompletion): { id: string; name: string; arguments: unknown }[] =>
    (messageOf(answer).tool_calls ?? []).map((each) =>
      each.type === 'function' ? { id: each.id, name: each.function.name, arguments: JSON.parse(each.function.arguments) } : (undefined as never),
    );
  const result = (id: string, content: string): ChatCompletionMessageParam => ({ role: 'tool', tool_call_id: id, content });

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
    const said = await ask([{ role: 'system', content: 'Be brief.' }, question, messageOf(called), result(weather!.id, 'minus three')]);
    expect(messageOf(said).content).toContain('minus three');
    expect(bodies()).toHaveLength(2);
    expect(bodies()[1]).toContain('functionResponse');
    expect(said.usage).toMatchObject({ prompt_tokens: 42, completion_tokens: 11 });
  });

  it('tells several calls of one answer one after the other, and its cost once', async () => {
    const question = say('both?', { tool: [call('get_weather', { city: 'Oslo' }), call('get_time', { zone: 'CET' })], usage: { prompt: 42, output: 11 } });
    const messages: ChatCompletionMessageParam[] = [question];
    const first = await ask(messages);
    messages.push(messageOf(first), result(callsOf(first)[0]!.id, 'cold'));
    const second = await ask(messages);
    expect([callsOf(first)[0]?.name, callsOf(second)[0]?.name]).toEqual(['get_weather', 'get_time']);
    expect([first.usage?.prompt_tokens, second.usage?.prompt_tokens]).toEqual([42, 0]);
    messages.push(messageOf(second), result(callsOf(second)[0]!.id, 'noon'));
    expect(messageOf(await ask(messages)).content).toContain('noon');
    expect(bodies()).toHaveLength(2);
  });

  it('tells the conversation again where the process is gone, or other words come', async () => {
    const question = say('weather?', { tool: [call('get_weather', { city: 'Oslo' })] });
    const called = await ask([question]);
    const running = processesOf(gateway.dataDir);
    for (const pid of running) process.kill(pid, 'SIGKILL');
    await eventually(() => !processesOf(gateway.dataDir).some((pid) => running.includes(pid)));
    const said = await ask([question, messageOf(called), result(callsOf(called)[0]!.id, 'warm [[mock:{"text":"So it is warm."}]]')]);
    expect(messageOf(said).content).toBe('So it is warm.');
    const again = await ask([question]);
    const told = await ask([question, messageOf(again), result(callsOf(again)[0]!.id, 'wet'), { role: 'user', content: 'In a word? [[mock:{"text":"Wet."}]]' }]);
    expect(messageOf(told).content).toBe('Wet.');
    expect(bodies().at(-1)).toContain('get_weather');
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
    await ask([question, messageOf(called), result(callsOf(called)[0]!.id, long)]);
    expect(bodies().at(-1)).toContain(long);
  });

  it('leaves nothing behind where the client never comes back', async () => {
    const pool = gateway.app.get(ProcessPool);
    await ask([say('x', { tool: [call('get_weather', { city: 'A' })] })]);
    await new Promise((resolve) => setTimeout(resolve, 7000));
    expect(bodies()).toHaveLength(1);
    expect(pool.slots.active).toBe(0);
    expect(messageOf(await ask([say('still there?', { text: 'Yes.' })])).content).toBe('Yes.');
  });
});
