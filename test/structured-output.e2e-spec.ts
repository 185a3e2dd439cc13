import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import OpenAI from 'openai';
import { dirname } from 'node:path';
import { ProcessPool } from '../src/process-pool/process-pool.js';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { findInstalledCli } from './support/installed-cli.js';
import { startMock } from './support/mock-anthropic.mjs';
import { type MockGemini, type RecordedGeminiRequest, startMockGemini } from './support/mock-gemini.mjs';
import { secretSamples } from './support/secret-samples.js';

const bin = findInstalledCli('gemini');
const withCli = bin === undefined ? describe.skip : describe;
const PATH = `${dirname(process.execPath)}:/usr/bin:/bin`;

type Told = Awaited<ReturnType<typeof call>>;

const schema = { type: 'object', properties: { city: { type: 'string' }, people: { type: 'integer' } }, required: ['city', 'people'], additionalProperties: false };
const format = { response_format: { type: 'json_schema', json_schema: { name: 'place', schema, strict: true } } };
const right = '{"city": "Basel", "people": 180000}';
const wrong = '{"city": "Basel", "people": "many"}';

const tool = (name: string): object => ({ type: 'function', function: { name, parameters: { type: 'object' } } });

/** The chunks of an event stream, `[DONE]` left out. */
const chunksOf = ({ body }: Told): OpenAI.ChatCompletionChunk[] =>
  [...String(body).matchAll(/^data: (\{.*)$/gm)].map(([, json]) => JSON.parse(json!) as OpenAI.ChatCompletionChunk);
const textOf = (told: Told): string =>
  chunksOf(told)
    .map(({ choices }) => choices[0]?.delta.content ?? '')
    .join('');

withCli('structured output on a CLI that has none of its own (the real Gemini CLI)', () => {
  jest.setTimeout(90_000);
  let vendor: MockGemini;
  let gateway: Gateway;
  beforeAll(async () => {
    vendor = await startMockGemini();
    gateway = await bootGateway({
      ...{ PATH, SHELLM_GEMINI_BIN: bin!, SHELLM_PROVIDERS: 'gemini', SHELLM_MAX_CONCURRENT: '4' },
      ...{ GEMINI_API_KEY: 'gemini-key', GOOGLE_GEMINI_BASE_URL: vendor.url },
    });
  });
  afterAll(async () => {
    await gateway.close();
    await vendor.close();
  });
  afterEach(() => {
    vendor.reset();
  });

  const ask = (more: object, headers: Record<string, string> = {}): Promise<Told> =>
    call(`${gateway.url}/v1/chat/completions`, { headers, body: { model: 'gemini', messages: [{ role: 'user', content: 'Where?' }], ...more } });
  const calls = (): RecordedGeminiRequest[] => vendor.requests.filter(({ path }) => path.includes('enerateContent'));
  const turnsOf = (at: number): string[] => (calls()[at]?.body.contents ?? []).map(({ role, parts }) => `${role}: ${parts.map(({ text = '' }) => text).join('')}`);
  /** All that the vendor was told in one call. */
  const toldIn = (at: number): string => JSON.stringify(calls()[at]?.body);

  it('asks for it, and tells the JSON alone, as it was written', async () => {
    vendor.queue({ text: `Here you are:\n\`\`\`json\n${right}\n\`\`\`` });
    const { status, body } = await ask({
      ...format,
      messages: [
        { role: 'system', content: 'You know places.' },
        { role: 'user', content: 'Where?' },
      ],
    });
    expect([status, body.choices[0].message.content, body.choices[0].finish_reason]).toEqual([200, right, 'stop']);
    expect(toldIn(0)).toContain('You know places.');
    expect(toldIn(0)).toContain(JSON.stringify(`JSON Schema: ${JSON.stringify(schema)}`).slice(1, -1));
  });

  it.each([false, true])('wrong, then right (streamed: %s): one answer, the usage of both', async (stream) => {
    vendor.queue({ text: wrong, usage: { prompt: 100, output: 10 } }, { text: right, usage: { prompt: 150, output: 20 } });
    const told = await ask({ ...format, stream, stream_options: stream ? { include_usage: true } : undefined });
    expect(told.status).toBe(200);
    const usage = stream ? chunksOf(told).at(-1)?.usage : told.body.usage;
    expect(stream ? textOf(told) : told.body.choices[0].message.content).toBe(right);
    expect(usage).toMatchObject({ prompt_tokens: 250, completion_tokens: 30 });
    expect(calls()).toHaveLength(2);
    const [question, answer, complaint] = turnsOf(1);
    expect([question, answer]).toEqual([expect.stringContaining('Where?'), `model: ${wrong}`]);
    expect(complaint).toContain('/people must be integer');
  });

  it.each([false, true])('wrong twice (streamed: %s): a 502 that is not to be repeated, no third try', async (stream) => {
    vendor.queue({ text: wrong }, { text: 'Basel, many' }, { text: right });
    const { status, headers, body } = await ask({ ...format, stream });
    expect([status, headers.get('x-should-retry')]).toEqual([502, 'false']);
    expect(body.error).toMatchObject({ type: 'api_error', code: 'invalid_structured_output', message: expect.stringContaining('no valid JSON') });
    expect(calls()).toHaveLength(2);
  });

  it('any JSON object will do for json_object, and nothing else', async () => {
    vendor.queue({ text: '{"any":[1]}' }, { text: '[1]' }, { text: 'Sure: {"a":1}' });
    const object = { response_format: { type: 'json_object' } };
    expect((await ask(object)).body.choices[0].message.content).toBe('{"any":[1]}');
    expect((await ask(object)).body.choices[0].message.content).toBe('{"a":1}');
    expect(toldIn(0)).toContain('a single JSON object');
    expect(calls()).toHaveLength(3);
  });

  it('is taken up where it was left: the next turn of the conversation, a session', async () => {
    vendor.queue({ text: `\`\`\`\n${right}\n\`\`\`` }, { text: right }, { text: wrong }, { text: right }, { text: right });
    const first = await ask(format);
    const messages = [{ role: 'user', content: 'Where?' }, first.body.choices[0].message, { role: 'user', content: 'And now?' }];
    expect((await ask({ ...format, messages })).status).toBe(200);
    expect(turnsOf(1).at(-1)).toContain('And now?');
    const opened = await ask(format, { 'x-shellm-session-id': 'new' });
    const session = opened.headers.get('x-shellm-session-id')!;
    expect(opened.body.choices[0].message.content).toBe(right);
    await ask({ ...format, messages: [{ role: 'user', content: 'Again?' }] }, { 'x-shellm-session-id': session });
    // What was mended is forgotten: the session knows what its client saw.
    expect(turnsOf(4)).toEqual([expect.stringContaining('Where?'), `model: ${right}`, expect.stringContaining('Again?')]);
  });

  it('leaves a session as it was where the answer stays wrong', async () => {
    vendor.queue({ text: right }, { text: wrong }, { text: wrong }, { text: right });
    const session = (await ask(format, { 'x-shellm-session-id': 'new' })).headers.get('x-shellm-session-id')!;
    const next = (content: string): Promise<Told> => ask({ ...format, messages: [{ role: 'user', content }] }, { 'x-shellm-session-id': session });
    expect((await next('lost')).status).toBe(502);
    expect((await next('kept')).status).toBe(200);
    expect(turnsOf(3)).toEqual([expect.stringContaining('Where?'), `model: ${right}`, expect.stringContaining('kept')]);
  });

  it('cut by max_tokens it is told as it is, with that reason', async () => {
    vendor.queue({ text: '{"city": "a b c d e f g h' });
    const { status, body } = await ask({ ...format, max_tokens: 3 });
    expect([status, body.choices[0].finish_reason]).toEqual([200, 'length']);
    expect(body.choices[0].message.content).toMatch(/^\{"city": "a b/);
    expect(calls()).toHaveLength(1);
  });

  it('ends where a stop sequence says so, in what the client sees', async () => {
    vendor.queue({ text: `\`\`\`\n${right}\n\`\`\`` });
    const { body } = await ask({ ...format, stop: ['```', '"people"'] });
    expect(body.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: '{"city": "Basel", ' } });
  });

  it('stays JSON where a secret is taken out of it', async () => {
    const [, secret] = secretSamples.find(([kind]) => kind.includes('private'))!;
    vendor.queue({ text: JSON.stringify({ city: `x\n${secret}`, people: 1 }) });
    const content = (await ask(format)).body.choices[0].message.content as string;
    expect((JSON.parse(content) as { city: string }).city).toMatch(/^x\n\[REDACTED:/);
  });

  it.each<[string, object]>([
    ['a schema that is none', { type: 'strin' }],
    ['a reference to elsewhere', { $ref: 'http://127.0.0.1:1/schema' }],
    ['a schema too deep', JSON.parse(`${'{"not":'.repeat(100)}{}${'}'.repeat(100)}`) as object],
  ])('refuses %s, and asks nobody', async (_, bad) => {
    const { status, body } = await ask({ response_format: { type: 'json_schema', json_schema: { name: 'x', schema: bad } } });
    expect([status, body.error.code, body.error.param]).toEqual([400, 'invalid_parameter', 'response_format']);
    expect(calls()).toHaveLength(0);
  });

  it('lets no schema stop the server', async () => {
    vendor.queue({ text: JSON.stringify(`${'a'.repeat(60)}b`) }, { text: JSON.stringify(`${'a'.repeat(60)}b`) });
    const slow = ask({ response_format: { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'string', pattern: '^(a+)+$' } } } });
    expect((await slow).body.error).toMatchObject({ code: 'invalid_structured_output', message: expect.stringContaining('too long') });
    expect((await call(`${gateway.url}/health/live`)).status).toBe(200);
  });

  it('is no matter of the circuit breaker, and leaves no slot taken', async () => {
    for (let round = 0; round < 6; round++) {
      vendor.queue({ text: 'no' }, { text: 'no' });
      expect((await ask(format)).status).toBe(502);
    }
    vendor.queue({ text: right });
    expect((await ask(format)).status).toBe(200);
    expect(gateway.app.get(ProcessPool, { strict: false }).capacity().active).toBe(0);
  });

  it('works with the OpenAI library, parsed', async () => {
    vendor.queue({ text: `Sure!\n${right}` });
    const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'none', maxRetries: 0 });
    const completion = await client.chat.completions.parse({
      model: 'gemini',
      messages: [{ role: 'user', content: 'Where?' }],
      response_format: { type: 'json_schema', json_schema: { name: 'place', schema, strict: true } },
    });
    expect(JSON.parse(completion.choices[0]?.message.content ?? '')).toEqual({ city: 'Basel', people: 180000 });
  });
});

const claude = findInstalledCli('claude');
(claude === undefined ? describe.skip : describe)('tool_choice that wants a call (the real Claude Code)', () => {
  jest.setTimeout(90_000);
  let vendor: Awaited<ReturnType<typeof startMock>>;
  let gateway: Gateway;
  beforeAll(async () => {
    vendor = await startMock({ strict: true });
    gateway = await bootGateway({ PATH, SHELLM_CLAUDE_BIN: claude!, ANTHROPIC_BASE_URL: vendor.url, ANTHROPIC_API_KEY: 'sk-ant-mock-key', SHELLM_PROVIDERS: 'claude' });
  });
  afterAll(async () => {
    await gateway.close();
    await vendor.close();
  });
  beforeEach(() => {
    vendor.requests.length = 0;
  });

  const answerBy = (directive: object): Promise<unknown> => call(`${vendor.url}/_mock/default`, { body: directive });
  const asked = (): number => vendor.requests.filter(({ path }) => path.startsWith('/v1/messages')).length;
  const ask = (more: object): Promise<Told> =>
    call(`${gateway.url}/v1/chat/completions`, { body: { model: 'claude/sonnet', messages: [{ role: 'user', content: 'Look.' }], tools: [tool('look'), tool('other')], ...more } });
  const named = { type: 'function', function: { name: 'look' } };
  const figures = { input_tokens: 30, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 11 };

  it.each([
    ['required', false],
    ['required', true],
    [named, false],
  ])('%j, and words, and then a call (streamed: %s): the call alone, the usage of both', async (choice, stream) => {
    await answerBy({ text: 'I would rather talk.', first: 400, usage: figures });
    const told = ask({ tool_choice: choice, stream });
    await eventually(() => asked() === 1, 20_000);
    await answerBy({ tools: [{ name: 'look', input: { at: 'it' } }], usage: figures });
    const { status, body } = await told;
    expect([status, asked()]).toEqual([200, 2]);
    expect(JSON.stringify(body)).not.toContain('rather');
    if (stream) expect(body).toContain('"finish_reason":"tool_calls"');
    else expect(body.choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { tool_calls: [{ function: { name: 'look' } }] } });
    if (!stream) expect(body.usage).toMatchObject({ prompt_tokens: 60, completion_tokens: 22 });
  });

  it('words twice: a 502 that names the function, and no third try', async () => {
    await answerBy({ text: 'I would rather talk.' });
    const { status, body } = await ask({ tool_choice: named });
    expect([status, body.error.code, asked()]).toEqual([502, 'upstream_error', 2]);
    expect(body.error.message).toContain('"look"');
  });

  it('an answer that ends in a call need not be JSON', async () => {
    await answerBy({ text: 'Let me see.', tools: [{ name: 'look', input: {} }] });
    const { status, body } = await ask({ response_format: { type: 'json_object' } });
    expect([status, body.choices[0].finish_reason, body.choices[0].message.content]).toEqual([200, 'tool_calls', 'Let me see.']);
    expect(asked()).toBe(1);
  });
});
