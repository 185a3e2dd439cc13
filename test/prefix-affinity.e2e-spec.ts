import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { ExclusivePool } from '../src/process-pool/exclusive-pool.js';

/** A turn as each format writes it in its own way. */
type Said = { readonly user: string } | Answer | { readonly result: string; readonly of: string };
interface Answer {
  readonly assistant: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly input: unknown }[];
}

const system = 'Be brief.';
const parameters = { type: 'object', properties: { city: { type: 'string', examples: ['Paris'] } }, required: ['city'] };
const tool = { name: 'get_weather', description: 'The weather of a place' };
const schema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'], additionalProperties: false };

interface Format {
  readonly path: string;
  readonly messages: (turns: readonly Said[]) => object;
  readonly tools: object;
  readonly json: object;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- three bodies, looked into freely
  readonly answer: (body: any) => Answer;
}

const formats: Readonly<Record<string, Format>> = {
  chat: {
    path: '/v1/chat/completions',
    messages: (turns) => ({
      messages: [
        { role: 'system', content: system },
        ...turns.map((turn) => {
          if ('user' in turn) return { role: 'user', content: turn.user };
          if ('result' in turn) return { role: 'tool', tool_call_id: turn.of, content: turn.result };
          const calls = turn.calls.map(({ id, name, input }) => ({ id, type: 'function', function: { name, arguments: JSON.stringify(input, null, 1) } }));
          return { role: 'assistant', content: turn.assistant, ...(calls.length === 0 ? {} : { tool_calls: calls }) };
        }),
      ],
    }),
    tools: { tools: [{ type: 'function', function: { ...tool, parameters } }] },
    json: { response_format: { type: 'json_schema', json_schema: { name: 'person', strict: true, schema } } },
    answer: ({ choices: [{ message }] }) => ({
      assistant: message.content ?? '',
      calls: ((message.tool_calls ?? []) as { id: string; function: { name: string; arguments: string } }[]).map((each) => ({
        id: each.id,
        name: each.function.name,
        input: JSON.parse(each.function.arguments) as unknown,
      })),
    }),
  },
  messages: {
    path: '/v1/messages',
    messages: (turns) => ({
      max_tokens: 1000,
      system: [{ type: 'text', text: system }],
      messages: turns.map((turn) => {
        if ('user' in turn) return { role: 'user', content: turn.user };
        if ('result' in turn) return { role: 'user', content: [{ type: 'tool_result', tool_use_id: turn.of, content: turn.result }] };
        const text = turn.assistant === '' ? [] : [{ type: 'text', text: turn.assistant }];
        return { role: 'assistant', content: [...text, ...turn.calls.map((each) => ({ type: 'tool_use', ...each }))] };
      }),
    }),
    tools: { tools: [{ ...tool, input_schema: parameters }] },
    json: { output_config: { format: { type: 'json_schema', schema } } },
    answer: ({ content }) => ({
      assistant: (content as { text?: string }[]).map(({ text = '' }) => text).join(''),
      calls: (content as { type: string; id: string; name: string; input: unknown }[]).flatMap(({ type, id, name, input }) => (type === 'tool_use' ? { id, name, input } : [])),
    }),
  },
  responses: {
    path: '/v1/responses',
    messages: (turns) => ({
      instructions: system,
      store: false,
      input: turns.flatMap((turn): object[] => {
        if ('user' in turn) return [{ role: 'user', content: [{ type: 'input_text', text: turn.user }] }];
        if ('result' in turn) return [{ type: 'function_call_output', call_id: turn.of, output: turn.result }];
        const text = turn.assistant === '' ? [] : [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: turn.assistant }] }];
        return [...text, ...turn.calls.map(({ id, name, input }) => ({ type: 'function_call', call_id: id, name, arguments: JSON.stringify(input) }))];
      }),
    }),
    tools: { tools: [{ type: 'function', ...tool, parameters, strict: false }] },
    json: { text: { format: { type: 'json_schema', name: 'who', schema } } },
    answer: ({ output }) => ({
      assistant: (output as { content?: { text: string }[] }[]).flatMap(({ content = [] }) => content.map(({ text }) => text)).join(''),
      calls: (output as { type: string; call_id: string; name: string; arguments: string }[]).flatMap(({ type, call_id: id, name, arguments: json }) =>
        type === 'function_call' ? { id, name, input: JSON.parse(json) as unknown } : [],
      ),
    }),
  },
};

describe('a conversation that goes on in another format', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await bootGateway();
  });
  afterAll(() => gateway.close());
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const orders = [
    ['chat', 'messages', 'responses'],
    ['messages', 'responses', 'chat'],
    ['responses', 'chat', 'messages'],
  ];
  const kinds: readonly [string, string, ('tools' | 'json')?][] = [
    ['words', 'Hello'],
    ['a function and its result', 'Use get_weather.', 'tools'],
    ['JSON of a schema', 'Who?', 'json'],
  ];

  it.each(kinds.flatMap(([name, question, extra]) => orders.map((order) => [name, order.join(', '), question, extra, order] as const)))(
    'finds its process: %s by %s',
    async (_name, _order, question, extra, order) => {
      const taken = jest.spyOn(ExclusivePool.prototype, 'take');
      const turns: Said[] = [{ user: `${question} (${order[0]})` }];
      for (const [index, name] of order.entries()) {
        const { path, messages, answer, ...formed } = formats[name]!;
        const { status, body } = await call(`${gateway.url}${path}`, { body: { model: 'demo', ...messages(turns), ...(extra ? formed[extra] : {}) } });
        expect([name, status, body]).toEqual([name, 200, expect.anything()]);
        const said = answer(body);
        turns.push(said);
        const [called] = said.calls;
        expect(called === undefined).toBe(extra !== 'tools' || index !== 0);
        turns.push(called ? { result: 'Rain.', of: called.id } : { user: 'And then?' });
      }
      expect(taken).toHaveBeenCalledTimes(1);
    },
  );
});
