import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type OpenAI from 'openai';
import { type ChatCompletion, type ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { AgentHarness } from './fake-cli/acp-agents.js';
import { eventually } from './support/eventually.js';
import { callsOf, messageOf, resultOf, weatherTools as tools } from './support/function-calls.js';
import { processesOf } from './support/processes.js';
import { ProcessPool } from '../src/process-pool/process-pool.js';

const user = (content: string): ChatCompletionMessageParam => ({ role: 'user', content });

describe('functions on an ACP agent', () => {
  jest.setTimeout(30_000);
  let at: AgentHarness;
  beforeAll(async () => {
    at = await AgentHarness.start(
      { fake: { env: { FAKE_ACP_TOOLS: '1', FAKE_ACP_SYSTEM: 'append' } }, plain: {}, deaf: { env: { FAKE_ACP_TOOLS: 'deaf' } } },
      { environment: { SHELLM_LIVE_TTL_MS: '3000' } },
    );
  });
  afterAll(async () => {
    const { dataDir } = at.gateway;
    await at.gateway.close();
    expect(processesOf(dataDir)).toEqual([]);
  });

  const ask = (messages: ChatCompletionMessageParam[], more: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> = {}): Promise<ChatCompletion> =>
    at.client.chat.completions.create({ model: 'acp/fake', messages, tools, ...more });
  const callOf = (answer: ChatCompletion): { id: string; name: string; arguments: unknown } => {
    const [call, ...others] = callsOf(answer);
    expect([answer.choices[0]?.finish_reason, others]).toEqual(['tool_calls', []]);
    return call!;
  };

  it('calls one after the other in the same turn, asked and unasked, and tells what the agent counted in all', async () => {
    const messages = [user('[[fake loop]]')];
    const first = await ask(messages);
    expect([messageOf(first).content, callOf(first)]).toMatchObject(['Let me look. ', { name: 'get_weather', arguments: { city: 'Oslo' } }]);
    messages.push(messageOf(first), resultOf(callOf(first).id, 'minus three'));
    const second = await ask(messages);
    expect(callOf(second)).toMatchObject({ name: 'get_time', arguments: { zone: 'CET' } });
    messages.push(messageOf(second), resultOf(callOf(second).id, 'noon'));
    const last = await ask(messages);
    expect(last.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'It is minus three, at noon.' } });
    const spent = [first, second, last].map(({ usage }) => usage!);
    expect(spent.reduce((sum, usage) => [sum[0]! + usage.prompt_tokens, sum[1]! + usage.completion_tokens], [0, 0])).toEqual([1200, 300]);
    messages.push(messageOf(last), user('[[fake tools]]'));
    expect(JSON.parse(messageOf(await ask(messages)).content!)).toMatchObject([{ name: 'get_weather', inputSchema: { required: ['city'] } }, { name: 'get_time' }]);
  });

  it('tells several calls at once one after the other', async () => {
    const messages = [user('[[fake parallel]]')];
    for (const answer of ['cold', 'warm']) {
      const called = await ask(messages);
      messages.push(messageOf(called), resultOf(callOf(called).id, `${answer} in ${(callOf(called).arguments as { city: string }).city}`));
    }
    expect(messageOf(await ask(messages)).content).toBe('cold in Oslo and warm in Rome');
  });

  it('streams a call, and takes a long result', async () => {
    const stream = await at.client.chat.completions.create({ model: 'acp/fake', tools, stream: true, messages: [user('[[fake parallel]]')] });
    const pieces = [];
    for await (const chunk of stream) pieces.push(...(chunk.choices[0]?.delta.tool_calls ?? []));
    const id = pieces[0]!.id!;
    expect(pieces.map((piece) => piece.function?.name ?? '').join('')).toBe('get_weather');
    expect(pieces.map((piece) => piece.function?.arguments ?? '').join('')).toBe('{"city":"Oslo"}');
    const called: ChatCompletionMessageParam = { role: 'assistant', tool_calls: [{ id, type: 'function', function: { name: 'get_weather', arguments: '{ "city": "Oslo" }' } }] };
    const long = 'y'.repeat(200_000);
    const next = await ask([user('[[fake parallel]]'), called, resultOf(id, long)]);
    const said = await ask([user('[[fake parallel]]'), called, resultOf(id, long), messageOf(next), resultOf(callOf(next).id, 'z')]);
    expect(messageOf(said).content).toBe(`${long} and z`);
  });

  it('tells the conversation to another process where the first is gone, or other words come', async () => {
    const called = await ask([user('[[fake loop]]')]);
    // That one alone: of an agent whose spare process dies while it is opened no turn is asked for a minute.
    const pid = Number(/pid (\d+)/.exec(JSON.stringify(messageOf(called)))?.[1]);
    process.kill(pid, 'SIGKILL');
    await eventually(() => !processesOf(at.gateway.dataDir).includes(pid));
    await new Promise((resolve) => setTimeout(resolve, 500));
    const told = [user('[[fake loop]]'), messageOf(called), resultOf(callOf(called).id, 'wet [[fake recall]]')];
    expect(messageOf(await ask(told)).content).toMatch(/called get_weather\(.*Result of a function: wet/s);
    const again = await ask([user('[[fake loop]]')]);
    const other = [user('[[fake loop]]'), messageOf(again), resultOf(callOf(again).id, 'dry'), user('and now? [[fake recall]]')];
    expect(messageOf(await ask(other)).content).toMatch(/Result of a function: dry.*and now/s);
  });

  it('offers what tool_choice leaves, and tells what it demands', async () => {
    expect(messageOf(await ask([user('[[fake tools]]')], { tool_choice: 'none' })).content).toBe('[]');
    const named = await ask([user('[[fake parallel]]')], { tool_choice: { type: 'function', function: { name: 'get_weather' } } });
    expect(callOf(named).name).toBe('get_weather');
    await expect(ask([user('[[fake recall]]')], { tool_choice: 'required' })).rejects.toMatchObject({ status: 502, code: 'upstream_error' });
  });

  it("says no to whatever only looks like one of the client's functions", async () => {
    expect(messageOf(await ask([user('[[fake disguised]]')])).content).toBe('no,no,no');
  });

  it.each([
    ['plain', 400, 'unsupported_parameter'],
    ['deaf', 502, 'cli_failed'],
  ])('of an agent that is %s are not left out in silence', async (agent, status, code) => {
    await at.ask('hi', { agent });
    const refused = await at.ask('hi', { agent, tools, fallback: false });
    expect([refused.status, refused.body.error.code]).toEqual([status, code]);
  });

  it('leaves nothing behind where the client never comes back', async () => {
    const pool = at.gateway.app.get(ProcessPool);
    await ask([user('[[fake loop]]')]);
    expect([pool.live.size > 0, pool.slots.active]).toEqual([true, 0]);
    await eventually(() => pool.live.size === 0, 10_000);
  });
});
