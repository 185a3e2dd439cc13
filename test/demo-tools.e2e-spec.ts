import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { type ChatCompletion, type ChatCompletionMessageParam, type ChatCompletionTool } from 'openai/resources/chat/completions';
import { bootGateway, type Gateway } from './support/boot.js';

const tool = (name: string, properties: object): ChatCompletionTool => ({
  type: 'function',
  function: { name, parameters: { type: 'object', properties, required: Object.keys(properties) } },
});
const tools = [
  tool('get_weather', { city: { type: 'string', examples: ['Paris'] }, unit: { enum: ['celsius', 'kelvin'] } }),
  tool('get_time', { zones: { type: 'array', items: { type: 'integer' } } }),
];
const person = { type: 'object', properties: { name: { type: 'string' }, age: { type: 'integer', minimum: 18 } }, required: ['name', 'age'], additionalProperties: false };

describe("the demo agent's functions and JSON", () => {
  let gateway: Gateway;
  let client: OpenAI;
  const ask = (messages: string | ChatCompletionMessageParam[], more: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> = {}): Promise<ChatCompletion> =>
    client.chat.completions.create({ model: 'demo', messages: typeof messages === 'string' ? [{ role: 'user', content: messages }] : messages, ...more });
  const callsOf = (answer: ChatCompletion): unknown[] =>
    (answer.choices[0]?.message.tool_calls ?? []).map((call) => (call.type === 'function' ? [call.function.name, JSON.parse(call.function.arguments)] : call));
  const weather = ['get_weather', { city: 'Paris', unit: 'celsius' }];
  const time = ['get_time', { zones: [1] }];

  beforeAll(async () => {
    gateway = await bootGateway();
    client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'none', maxRetries: 0 });
  });
  afterAll(() => gateway.close());

  it('calls all functions that the prompt names, the same each time, and quotes their results', async () => {
    const messages: ChatCompletionMessageParam[] = [{ role: 'user', content: 'Use get_weather and get_time.' }];
    const called = await ask(messages, { tools });
    expect([called.choices[0]?.finish_reason, called.choices[0]?.message.content, callsOf(called)]).toEqual(['tool_calls', null, [weather, time]]);
    expect((await ask(messages, { tools })).choices).toEqual(called.choices);
    const { message } = called.choices[0]!;
    const results = message.tool_calls!.map(({ id }, index): ChatCompletionMessageParam => ({ role: 'tool', tool_call_id: id, content: `result ${index + 1}` }));
    messages.push(message, ...results);
    const told = await ask(messages, { tools });
    expect(told.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: expect.stringMatching(/result 1.*result 2/) } });
    messages.push(told.choices[0]!.message, { role: 'user', content: 'And get_time again.' });
    const again = await ask(messages, { tools });
    expect(callsOf(again)).toEqual([time]);
    expect(message.tool_calls!.map(({ id }) => id)).not.toContain(again.choices[0]?.message.tool_calls?.[0]?.id);
  });

  it.each<[string, string, Partial<OpenAI.ChatCompletionCreateParamsNonStreaming>, unknown[]]>([
    ['none is named', 'What is the weather?', {}, []],
    ['a name is part of a word', 'forget_weather', {}, []],
    ['one must be called', 'Hello', { tool_choice: 'required' }, [weather]],
    ['one must be called, and is named', 'get_time, please', { tool_choice: 'required' }, [time]],
    ['this one must be called', 'Hello', { tool_choice: { type: 'function', function: { name: 'get_time' } } }, [time]],
    ['none may be called', 'get_weather', { tool_choice: 'none' }, []],
    ['one at a time', 'get_weather, get_time', { parallel_tool_calls: false }, [weather]],
    ['the prompt has the arguments', '[[call get_weather {"city":"Oslo"}]]', {}, [['get_weather', { city: 'Oslo' }]]],
  ])('where %s', async (_, content, more, calls) => {
    const answer = await ask(content, { tools, ...more });
    expect([answer.choices[0]?.finish_reason, callsOf(answer)]).toEqual([calls.length > 0 ? 'tool_calls' : 'stop', calls]);
  });

  it('streams calls', async () => {
    const runner = client.chat.completions.stream({ model: 'demo', tools, messages: [{ role: 'user', content: 'get_weather get_time' }] });
    expect(callsOf(await runner.finalChatCompletion())).toEqual([weather, time]);
  });

  it.each<[string, OpenAI.ChatCompletionCreateParams['response_format'], unknown]>([
    ['a schema', { type: 'json_schema', json_schema: { name: 'person', schema: person, strict: true } }, { name: 'demo', age: 18 }],
    ['no schema', { type: 'json_object' }, expect.any(Object)],
  ])('answers in JSON with %s, whole and streamed', async (_, responseFormat, expected) => {
    const whole = await ask('As JSON, who?', { response_format: responseFormat });
    expect(JSON.parse(whole.choices[0]?.message.content ?? '')).toEqual(expected);
    const runner = client.chat.completions.stream({ model: 'demo', messages: [{ role: 'user', content: 'As JSON, who?' }], response_format: responseFormat! });
    expect(await runner.finalContent()).toBe(whole.choices[0]?.message.content);
  });
});
