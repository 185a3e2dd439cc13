import Anthropic, { InternalServerError, NotFoundError, RateLimitError } from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { bootGateway, type Gateway } from './support/boot.js';
import { findInstalledCli } from './support/installed-cli.js';
import { startMock } from './support/mock-anthropic.mjs';
import { startMockOpenAI } from './support/mock-openai.mjs';

const bin = findInstalledCli('claude');
const withCli = bin === undefined ? describe.skip : describe;
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const mock = (directive: object): string => `@@mock ${JSON.stringify(directive)} @@`;
/** Parameters that the API still takes and its library's types do not name any more. */
const older = (parameters: object): object => parameters;
const weather: Anthropic.Tool = { name: 'get_weather', description: 'The weather of a city.', input_schema: { type: 'object', properties: { city: { type: 'string' } } } };

withCli('Claude Code behind the Anthropic API', () => {
  jest.setTimeout(60_000);
  let vendor: Awaited<ReturnType<typeof startMock>>;
  let gateway: Gateway;
  let client: Anthropic;
  beforeAll(async () => {
    vendor = await startMock({ strict: true });
    gateway = await bootGateway({ SHELLM_CLAUDE_BIN: bin!, ANTHROPIC_BASE_URL: vendor.url, ANTHROPIC_API_KEY: 'sk-ant-mock-key' });
    client = new Anthropic({ baseURL: gateway.url, apiKey: 'none', maxRetries: 0 });
  });
  afterAll(async () => {
    await gateway.close();
    await vendor.close();
  });
  const lastBody = (): (typeof vendor.requests)[number]['body'] => vendor.requests.findLast(({ path }) => path.startsWith('/v1/messages'))!.body;
  const ask = (content: string | Anthropic.ContentBlockParam[], more: Partial<Anthropic.MessageCreateParamsNonStreaming> = {}): Promise<Anthropic.Message> =>
    client.messages.create({ model: 'claude-opus-5-5', max_tokens: 1000, messages: [{ role: 'user', content }], ...more });

  it('serves Claude model names, with the figures of the vendor', async () => {
    const figures = { input_tokens: 11, cache_creation_input_tokens: 22, cache_read_input_tokens: 33, output_tokens: 4 };
    const prompt = mock({ text: 'Polly.', usage: figures });
    const { data, response } = await client.messages
      .create({
        model: 'claude-opus-5-5',
        max_tokens: 1000,
        system: [{ type: 'text', text: 'You are a parrot.', cache_control: { type: 'ephemeral' } }],
        messages: [{ role: 'user', content: prompt }],
      })
      .withResponse();
    expect(data).toMatchObject({ model: 'claude-opus-5-5', stop_reason: 'end_turn', content: [{ type: 'text', text: 'Polly.' }], usage: figures });
    expect(response.headers.get('x-shellm-provider')).toBe('claude');
    expect(JSON.stringify(lastBody().system)).toContain('You are a parrot.');
    expect((await client.messages.stream({ model: 'claude-opus-5-5', max_tokens: 1000, messages: [{ role: 'user', content: prompt }] }).finalMessage()).usage).toMatchObject(
      figures,
    );
  });

  it('gives thoughts with their signatures, whole and streamed, and takes them back', async () => {
    const prompt = mock({ thinking: 'let me think', redacted: true, text: 'Done.' });
    const whole = await ask(prompt);
    const streamed = await client.messages.stream({ model: 'claude-opus-5-5', max_tokens: 1000, messages: [{ role: 'user', content: prompt }] }).finalMessage();
    for (const { content } of [whole, streamed]) {
      expect(content).toEqual([
        { type: 'redacted_thinking', data: expect.any(String) },
        { type: 'thinking', thinking: 'let me think', signature: expect.stringMatching(/./) },
        expect.objectContaining({ type: 'text', text: 'Done.' }),
      ]);
    }
    await client.messages.create({
      model: 'claude-opus-5-5',
      max_tokens: 1000,
      messages: [
        { role: 'user', content: 'another conversation' },
        { role: 'assistant', content: whole.content },
        { role: 'user', content: mock({ text: 'ok' }) },
      ],
    });
    expect(
      lastBody()
        .messages.map(({ role }) => role)
        .filter((role) => role !== ('system' as string)),
    ).toEqual(['user', 'assistant', 'user']);
  });

  it('sees images and files', async () => {
    await ask([
      { type: 'text', text: `look ${mock({ text: 'Seen.' })}` },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } },
      { type: 'document', title: 'notes', source: { type: 'text', media_type: 'text/plain', data: 'remember the milk' } },
    ]);
    expect(JSON.stringify(lastBody().messages)).toContain(PIXEL);
    expect(JSON.stringify(lastBody().messages)).toContain('remember the milk');
  });

  it('calls functions, several at once, and takes their results, errors among them', async () => {
    const prompt = `weather ${mock({
      tools: [
        { name: 'get_weather', input: { city: 'Oslo' } },
        { name: 'get_weather', input: { city: 'Bergen' } },
      ],
      after: 'Cold.',
    })}`;
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: prompt }];
    const stream = client.messages.stream({ model: 'claude-opus-5-5', max_tokens: 1000, tools: [weather], messages });
    const first = await stream.finalMessage();
    expect(first.stop_reason).toBe('tool_use');
    const uses = first.content.filter((block) => block.type === 'tool_use');
    expect(uses.map(({ name, input }) => [name, input])).toEqual([
      ['get_weather', { city: 'Oslo' }],
      ['get_weather', { city: 'Bergen' }],
    ]);
    messages.push(
      { role: 'assistant', content: first.content },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: uses[0]!.id, content: [{ type: 'text', text: '-3' }] },
          { type: 'tool_result', tool_use_id: uses[1]!.id, content: 'unknown', is_error: true },
        ],
      },
    );
    const second = await client.messages.create({ model: 'claude-opus-5-5', max_tokens: 1000, tools: [weather], messages });
    expect(second).toMatchObject({ stop_reason: 'end_turn', content: [{ text: 'Cold.' }] });
    const blocks = lastBody().messages.flatMap(({ content }): readonly { type?: unknown }[] => (typeof content === 'string' ? [] : content));
    const results = blocks.filter(({ type }) => type === 'tool_result');
    expect(results).toHaveLength(2);
    expect(results).toEqual(expect.arrayContaining([expect.objectContaining({ tool_use_id: uses[0]!.id }), expect.objectContaining({ tool_use_id: uses[1]!.id, is_error: true })]));
  });

  it('calls one function at a time where that is asked for', async () => {
    const tools = [
      { name: 'get_weather', input: { city: 'Oslo' } },
      { name: 'get_weather', input: { city: 'Bergen' } },
    ];
    const { content } = await ask(mock({ tools }), { tools: [weather], tool_choice: { type: 'auto', disable_parallel_tool_use: true } });
    expect(content.filter(({ type }) => type === 'tool_use')).toHaveLength(1);
  });

  it('refuses a conversation whose results are missing', async () => {
    const use: Anthropic.ToolUseBlockParam = { type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: {} };
    const messages: Anthropic.MessageParam[] = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: [use] },
      { role: 'user', content: 'b' },
    ];
    await expect(client.messages.create({ model: 'claude-opus-5-5', max_tokens: 10, tools: [weather], messages })).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('toolu_1'),
    });
  });

  it('fails as the Anthropic API does', async () => {
    const failure = (directive: object): Promise<unknown> => ask(mock(directive)).catch((error: unknown) => error);
    expect(await failure({ status: 400, message: 'prompt is too long: 205000 tokens > 200000 maximum' })).toMatchObject({ status: 400, type: 'invalid_request_error' });
    expect(await failure({ status: 429, retryAfter: 120 })).toBeInstanceOf(RateLimitError);
    expect(await failure({ status: 401 })).toBeInstanceOf(InternalServerError);
    expect(await ask('hi', { model: 'nope' }).catch((error: unknown) => error)).toBeInstanceOf(NotFoundError);
    await expect(client.messages.countTokens({ model: 'nope', messages: [{ role: 'user', content: 'hi' }] })).rejects.toBeInstanceOf(NotFoundError);
    expect(await client.messages.countTokens({ model: 'claude-opus-5-5', messages: [{ role: 'user', content: 'hi' }] })).toEqual({ input_tokens: 1 });
  });
});

describe('the OpenAI API behind the Anthropic API', () => {
  let vendor: Awaited<ReturnType<typeof startMockOpenAI>>;
  let gateway: Gateway;
  let client: Anthropic;
  beforeAll(async () => {
    vendor = await startMockOpenAI();
    gateway = await bootGateway({ OPENAI_API_KEY: 'sk-openai-test', OPENAI_BASE_URL: `${vendor.url}/v1` });
    client = new Anthropic({ baseURL: gateway.url, apiKey: 'none', maxRetries: 0 });
  });
  afterAll(async () => {
    await gateway.close();
    await vendor.close();
  });

  it('is asked in its own words', async () => {
    const { response } = await client.messages
      .create({
        model: 'gpt-5.5',
        max_tokens: 50,
        system: 'Be terse.',
        ...older({ temperature: 0.5, top_k: 7 }),
        stop_sequences: ['a1', 'a2', 'a3', 'a4', 'a5'],
        tools: [weather, { type: 'web_search_20250305', name: 'web_search' }],
        tool_choice: { type: 'any' },
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'look' },
              { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
            ],
          },
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'hm', signature: 'sig' },
              { type: 'text', text: 'nice' },
            ],
          },
          { role: 'user', content: 'and?' },
        ],
      })
      .withResponse();
    expect(vendor.requests.at(-1)?.body).toMatchObject({
      model: 'gpt-5.5',
      max_completion_tokens: 50,
      temperature: 0.5,
      stop: ['a1', 'a2', 'a3', 'a4'],
      tool_choice: 'required',
      tools: [{ type: 'function', function: { name: 'get_weather' } }],
      messages: [
        { role: 'system', content: 'Be terse.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'look' },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
          ],
        },
        { role: 'assistant', content: 'nice' },
        { role: 'user', content: 'and?' },
      ],
    });
    expect(vendor.requests.at(-1)?.body).not.toHaveProperty('top_k');
    expect(response.headers.get('x-shellm-ignored-params')).toBe('top_k, web_search_20250305');
  });

  it('thinks, in thoughts without a signature', async () => {
    const prompt = `[[mock:${JSON.stringify({ reasoning: 'hm', text: 'ok', usage: { input: 90, cached: 60, output: 3, reasoning: 2 } })}]]`;
    const asked = { model: 'openai/gpt-5.5', max_tokens: 50, messages: [{ role: 'user' as const, content: prompt }] };
    const whole = await client.messages.create(asked);
    expect(whole.content.at(-1)).toMatchObject({ type: 'text', text: 'ok' });
    expect(whole.usage).toMatchObject({ input_tokens: 30, cache_read_input_tokens: 60, output_tokens_details: { thinking_tokens: 2 } });
    const streamed = await client.messages.stream(asked).finalMessage();
    expect({ ...streamed, id: '' }).toEqual({ ...whole, id: '', parsed_output: null });
  });
});
