import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import OpenAI from 'openai';
import { type ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { bootGateway, type Gateway } from './support/boot.js';
import { findInstalledCli } from './support/installed-cli.js';
import { type RecordedRequest, startMock } from './support/mock-anthropic.mjs';

const bin = findInstalledCli('claude');
const withCli = bin === undefined ? describe.skip : describe;
const mock = (directive: object): string => `@@mock ${JSON.stringify(directive)} @@`;
const usage = { input_tokens: 30, cache_creation_input_tokens: 5, cache_read_input_tokens: 7, output_tokens: 11 };
const format: OpenAI.ResponseFormatJSONSchema = {
  type: 'json_schema',
  json_schema: { name: 'place', schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false } },
};

withCli('answers by a schema on Claude Code', () => {
  jest.setTimeout(60_000);
  let vendor: Awaited<ReturnType<typeof startMock>>;
  let gateway: Gateway;
  let client: OpenAI;
  const bodies = (): RecordedRequest['body'][] => vendor.requests.filter(({ path }) => path.startsWith('/v1/messages')).map(({ body }) => body);
  /** How many processes have called the vendor. */
  const processes = (): number => new Set(bodies().map(({ metadata }) => metadata?.user_id)).size;

  beforeAll(async () => {
    vendor = await startMock({ strict: true });
    gateway = await bootGateway({ SHELLM_CLAUDE_BIN: bin!, ANTHROPIC_BASE_URL: vendor.url, ANTHROPIC_API_KEY: 'sk-ant-mock-key' });
    client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'none', maxRetries: 0 });
  });
  beforeEach(() => {
    vendor.requests.length = 0;
  });
  afterAll(async () => {
    await gateway.close();
    await vendor.close();
  });

  it('are the JSON alone, streamed too', async () => {
    const content = `x ${mock({ structured: { city: 'Paris' }, usage })}`;
    const whole = await client.chat.completions.create({ model: 'claude/sonnet', messages: [{ role: 'user', content }], response_format: format });
    expect(whole.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: '{"city":"Paris"}' } });
    expect(whole.usage).toMatchObject({ prompt_tokens: 42, completion_tokens: 11 });
    const stream = await client.chat.completions.create({ model: 'claude/sonnet', messages: [{ role: 'user', content }], response_format: format, stream: true });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    expect(JSON.parse(text)).toEqual({ city: 'Paris' });
    expect(bodies().filter((body) => JSON.stringify(body.messages).includes('structured'))).toHaveLength(2);
  });

  it.each([false, true])('come after words and thoughts, for which the CLI asks again (streamed: %s)', async (stream) => {
    const content = `x ${mock({ thinking: 'hm', text: 'It is Paris.', structured: { city: 'Paris' }, reluctant: true, usage })}`;
    const params = { model: 'claude/sonnet', messages: [{ role: 'user' as const, content }], response_format: format };
    let text: string | null = '';
    if (stream) for await (const chunk of await client.chat.completions.create({ ...params, stream })) text += chunk.choices[0]?.delta.content ?? '';
    else text = (await client.chat.completions.create(params)).choices[0]!.message.content;
    expect(text).toBe('{"city":"Paris"}');
    expect([bodies().length, processes()]).toEqual([2, 1]);
  });

  it('fail where none comes', async () => {
    const content = `x ${mock({ thinking: 'hm', text: 'No.', structured: { city: 'Paris' }, reluctant: 'always' })}`;
    await expect(client.chat.completions.create({ model: 'claude/sonnet', messages: [{ role: 'user', content }], response_format: format })).rejects.toMatchObject({
      status: 502,
      code: 'invalid_structured_output',
    });
  });

  it('may need functions first', async () => {
    const tools: OpenAI.ChatCompletionTool[] = [{ type: 'function', function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } } }];
    const steps = [{ tools: [{ name: 'get_weather', input: { city: 'Oslo' } }] }, { structured: { city: 'Oslo' } }];
    const question: ChatCompletionMessageParam = { role: 'user', content: `x ${mock({ steps })}` };
    const called = await client.chat.completions.create({ model: 'claude/sonnet', tools, messages: [question], response_format: format });
    expect(called.choices[0]?.finish_reason).toBe('tool_calls');
    const { message } = called.choices[0]!;
    const result: ChatCompletionMessageParam = { role: 'tool', tool_call_id: message.tool_calls![0]!.id, content: 'cold' };
    const said = await client.chat.completions.create({ model: 'claude/sonnet', tools, messages: [question, message, result], response_format: format });
    expect(said.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: '{"city":"Oslo"}' } });
    expect(bodies().map((body) => body.tools?.map(({ name }) => name))).toEqual(Array(2).fill(['get_weather', 'StructuredOutput']));
    expect(processes()).toBe(1);
  });

  it('are asked for in words where the tool of the CLI does not take the schema', async () => {
    const pair = { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }], minItems: 2 };
    const schema = { type: 'object', properties: { pair }, required: ['pair'] };
    const asked = await client.chat.completions.create({
      model: 'claude/sonnet',
      messages: [{ role: 'user', content: `x ${mock({ structured: { pair: ['a', 1] } })}` }],
      response_format: { type: 'json_schema', json_schema: { name: 'pair', schema } },
    });
    expect(asked.choices[0]?.message.content).toBe('{"pair":["a",1]}');
    expect(bodies().map((body) => body.tools ?? [])).toEqual([[]]);
  });
});
