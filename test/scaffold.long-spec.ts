import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { inputBytes } from '../src/kernel/estimate-input-tokens.js';
import { ProviderRegistry } from '../src/providers/provider-registry.js';
import { decodeRequest } from '../src/wire/openai-chat/decode-request.js';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { type CliVendor, installedClis } from './support/cli-vendors.js';
import { emptyLedger, ledgerOf } from './support/ledger.js';

type Fields = Readonly<Record<string, unknown>>;

/** Everything that a model reads of what is said: texts, whatever holds them. */
function textsIn(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(textsIn).join('');
  const { text, content, parts } = (value ?? {}) as Fields;
  return textsIn(text ?? content ?? parts ?? '');
}

const jsonOf = (value: unknown): string => (value === undefined || JSON.stringify(value) === '[]' ? '' : JSON.stringify(value));

/** All that the model reads of a vendor's request: what is said, functions, schemas. Bytes. */
const readByModel: Readonly<Record<string, (body: Fields) => string>> = {
  claude: ({ system, messages, tools }) => textsIn(system) + textsIn(messages) + jsonOf(tools),
  codex: ({ instructions, input, text }) => {
    const items = input as readonly Fields[];
    const { format } = text as { readonly format?: Fields };
    return textsIn(instructions) + textsIn(input) + items.map(({ tools }) => jsonOf(tools)).join('') + jsonOf(format?.['schema']);
  },
  gemini: ({ systemInstruction, contents, tools }) => {
    const [{ functionDeclarations } = {}] = tools as readonly Fields[];
    return textsIn(systemInstruction) + textsIn(contents) + jsonOf(functionDeclarations);
  },
};

const system = { role: 'system', content: 'You are terse. Answer in one word, and in no more than one.' };
const parameters = { type: 'object', properties: { city: { type: 'string', description: 'The name of the city' } }, required: ['city'] };
const weather = { type: 'function', function: { name: 'get_weather', description: 'The weather of a city', parameters } };
const time = { type: 'function', function: { name: 'get_time', description: 'The time in a city', parameters } };
const history = [
  { role: 'user', content: 'What is one and one?' },
  { role: 'assistant', content: 'Two.' },
];
const usage = { input: 4000, output: 3 };

const kinds: readonly [kind: string, more: { readonly before?: readonly object[]; readonly tools?: readonly object[] }][] = [
  ['a plain completion', {}],
  ['one of a conversation', { before: [system, ...history] }],
  ['one with functions', { before: [system], tools: [weather, time] }],
];

describe.each(installedClis)('what $id adds to a prompt', ({ id, start }) => {
  let vendor: CliVendor;
  let gateway: Gateway;

  beforeAll(async () => {
    vendor = await start();
    gateway = await bootGateway({ ...vendor.environment, SHELLM_AUTH: 'off' });
  });

  afterAll(async () => {
    await gateway.close();
    await vendor.close();
  });

  const bodyOf = (text: string, { before = [], tools }: (typeof kinds)[number][1]): Record<string, unknown> => ({
    model: id,
    messages: [...before, { role: 'user', content: vendor.say(text, { text: 'Yes.', usage }) }],
    ...(tools ? { tools } : {}),
  });

  it.each(kinds)('is about what is said of it: %s', async (_, more) => {
    vendor.forget();
    await emptyLedger(gateway);
    const body = bodyOf('Say it.', more);
    const { status, body: answer } = await call(`${gateway.url}/v1/chat/completions`, { body });
    expect(status).toBe(200);
    const [sent] = vendor.calls();
    const request = decodeRequest(body);
    const own = inputBytes(request);
    const added = Buffer.byteLength(readByModel[id]!(JSON.parse(sent!.text) as Fields)) - own;
    const told = gateway.app.get(ProviderRegistry).get(id)!.scaffoldBytes!(request);
    // A quarter more or less; where next to nothing is added, a few words.
    expect(Math.abs(told - added)).toBeLessThanOrEqual(Math.max(added / 4, 40));
    const share = Math.round((usage.input * told) / (told + own));
    expect(answer.usage).toMatchObject({ prompt_tokens: usage.input, completion_tokens: usage.output, prompt_tokens_details: { scaffold_tokens: share } });
    expect((await ledgerOf(gateway, 1))[0]).toMatchObject({ prompt_tokens: usage.input, completion_tokens: usage.output, scaffold_tokens: share, estimated: 0, status: 200 });
  });

  it('is little of a long prompt', async () => {
    const { body } = await call(`${gateway.url}/v1/chat/completions`, { body: bodyOf('Say it. '.repeat(5000), {}) });
    expect(body.usage.prompt_tokens_details.scaffold_tokens).toBeLessThan(usage.input * 0.05);
  });

  it('is no trouble to the openai client, in streams too', async () => {
    const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'any', maxRetries: 0 });
    const stream = client.chat.completions.stream({ ...bodyOf('Say it.', {}), stream_options: { include_usage: true } } as never);
    const { usage: told, choices } = await stream.finalChatCompletion();
    expect(choices[0]!.message.content).toBe('Yes.');
    expect(told).toMatchObject({ prompt_tokens: usage.input, prompt_tokens_details: { scaffold_tokens: expect.any(Number) } });
  });

  it('is in the guess at an answer that its client leaves', async () => {
    await emptyLedger(gateway);
    vendor.forget();
    const abort = new AbortController();
    const body = { model: id, stream: true, messages: [{ role: 'user', content: vendor.say('Say it.', { words: 500, intervalMs: 20, usage }) }] };
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: abort.signal,
    });
    const reader = response.body!.getReader();
    for (let text = ''; !text.includes('w5 ');) text += Buffer.from((await reader.read()).value).toString();
    abort.abort();
    const [row] = await ledgerOf(gateway, 1);
    expect([row!.estimated, row!.status]).toEqual([1, 499]);
    const request = decodeRequest(body);
    const added = gateway.app.get(ProviderRegistry).get(id)!.scaffoldBytes!(request);
    // Claude's vendor tells the prompt's at the beginning.
    if (id === 'claude') expect(row!.prompt_tokens).toBe(usage.input);
    else expect(Math.abs(row!.prompt_tokens - (inputBytes(request) + added) / 4)).toBeLessThanOrEqual(2);
    expect(row!.completion_tokens).toBeGreaterThanOrEqual(5);
    expect(row!.completion_tokens).toBeLessThan(500);
  });

  it('is in the receipt of an answer that the gateway cuts, which is the one that is written down', async () => {
    await emptyLedger(gateway);
    const text = vendor.say('Say it.', { words: 500, intervalMs: 20, usage });
    const { body, headers } = await call(`${gateway.url}/v1/chat/completions`, { body: { model: id, stop: ['w6'], messages: [{ role: 'user', content: text }] } });
    expect([body.choices[0].message.content, body.choices[0].finish_reason, headers.get('x-shellm-usage')]).toEqual(['w1 w2 w3 w4 w5 ', 'stop', 'estimated']);
    if (id === 'claude') expect(body.usage.prompt_tokens).toBe(usage.input);
    const [row] = await ledgerOf(gateway, 1);
    expect([row!.prompt_tokens, row!.completion_tokens, row!.estimated]).toEqual([body.usage.prompt_tokens, body.usage.completion_tokens, 1]);
  });

  it('and both answers are written down, where neither is of the form that was asked for', async () => {
    await emptyLedger(gateway);
    const schema = { type: 'object', properties: { a: { type: 'number' } } };
    const body = { ...bodyOf('Say it.', {}), response_format: { type: 'json_schema', json_schema: { name: 'x', schema } } };
    vendor.forget();
    const { status } = await call(`${gateway.url}/v1/chat/completions`, { body });
    const [row] = await ledgerOf(gateway, 1);
    expect([status, row!.status]).toEqual([502, 502]);
    // What the vendor says of the second call is its own guess, unless it is Claude Code that asks again.
    expect([vendor.calls().length, row!.estimated]).toEqual([2, 0]);
    expect(row!.prompt_tokens).toBeGreaterThan(usage.input);
    expect(row!.completion_tokens).toBeGreaterThan(usage.output);
  });
});
