import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import OpenAI from 'openai';
import { bootGateway, type Gateway } from './support/boot.js';

const tools: OpenAI.ChatCompletionTool[] = [
  { type: 'custom', custom: { name: 'run_code', description: 'Runs code.' } },
  { type: 'function', function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } } },
];

describe('custom tools of a chat completion', () => {
  jest.setTimeout(60_000);
  let gateway: Gateway;
  let client: OpenAI;
  beforeAll(async () => {
    gateway = await bootGateway();
    client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'none', maxRetries: 0 });
  });
  afterAll(() => gateway.close());
  const question = { role: 'user' as const, content: `[[call run_code ${JSON.stringify({ input: 'print("a")\n' })}]] [[call get_weather {"city": "Oslo"}]]` };

  it('are called by their text, and go on with what came of it', async () => {
    const { choices } = await client.chat.completions.create({ model: 'demo', tools, messages: [question] });
    const { message } = choices[0]!;
    expect(message.tool_calls).toMatchObject([
      { type: 'custom', custom: { name: 'run_code', input: 'print("a")\n' } },
      { type: 'function', function: { name: 'get_weather' } },
    ]);
    const results = message.tool_calls!.map(({ id }, index) => ({ role: 'tool' as const, tool_call_id: id, content: `result ${index}` }));
    const after = await client.chat.completions.create({ model: 'demo', tools, messages: [question, message, ...results] });
    expect(after.choices[0]?.message.content).toContain('result 1');
  });

  it('are streamed by their text', async () => {
    const deltas: unknown[] = [];
    for await (const { choices } of await client.chat.completions.create({ model: 'demo', tools: tools.slice(0, 1), messages: [question], stream: true }))
      deltas.push(...(choices[0]?.delta.tool_calls ?? []));
    expect(deltas[0]).toMatchObject({ index: 0, type: 'custom', custom: { name: 'run_code', input: '' } });
    expect(deltas.map((delta) => (delta as { custom: { input: string } }).custom.input).join('')).toBe('print("a")\n');
  });
});
