import { createOpenAI } from '@ai-sdk/openai';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { generateText, type ModelMessage } from 'ai';
import OpenAI from 'openai';
import { bootGateway, type Gateway } from './support/boot.js';
import { type CliVendor, installedClis } from './support/cli-vendors.js';
import { eventually } from './support/eventually.js';
import { findInstalledCli } from './support/installed-cli.js';
import { startMock } from './support/mock-anthropic.mjs';
import { schemaFault } from './support/openai-schema.js';
import { ResponseRuns } from '../src/runs/response-runs.js';

describe.each(installedClis)('responses of $id', ({ id, start }) => {
  jest.setTimeout(60_000);
  let vendor: CliVendor;
  let gateway: Gateway;
  let client: OpenAI;
  beforeAll(async () => {
    vendor = await start();
    gateway = await bootGateway({ ...vendor.environment, SHELLM_PROVIDERS: id });
    client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'none', maxRetries: 0 });
  });
  afterAll(async () => {
    await gateway.close();
    await vendor.close();
  });

  it('go on from an earlier one, whose figures are the vendor’s', async () => {
    const first = await client.responses.create({
      model: id,
      instructions: 'Be kind.',
      input: vendor.say('My name is Ada.', { text: 'Hello Ada.', usage: { input: 321, output: 7 } }),
    });
    expect([first.output_text, first.usage?.input_tokens, first.usage?.output_tokens]).toEqual(['Hello Ada.', 321, 7]);
    expect(schemaFault('Response', await client.responses.retrieve(first.id))).toBeUndefined();
    vendor.forget();
    const second = await client.responses.create({ model: id, input: vendor.say('Who am I?', { text: 'Ada.' }), previous_response_id: first.id });
    expect(second.output_text).toBe('Ada.');
    const { turns } = vendor.calls().find(({ text }) => text.includes('Who am I?'))!;
    expect(turns.filter(([, text]) => /My name is Ada|Hello Ada|Who am I/.test(text)).map(([role]) => role)).toEqual(['user', 'assistant', 'user']);
  });

  it('are ended at the vendor too, when they are cancelled in the background', async () => {
    vendor.forget();
    const { id: response } = await client.responses.create({ model: id, background: true, input: vendor.say('Talk.', { words: 400, intervalMs: 50 }) });
    await eventually(async () => (await client.responses.retrieve(response)).status === 'in_progress', 10_000);
    expect((await client.responses.cancel(response)).status).toBe('cancelled');
    await eventually(() => vendor.calls().every(({ closed }) => closed), 2000);
    expect(vendor.calls()).toHaveLength(1);
  });
});

const bin = findInstalledCli('claude');

(bin === undefined ? describe.skip : describe)('what Claude thought, behind the Responses API', () => {
  jest.setTimeout(60_000);
  let vendor: Awaited<ReturnType<typeof startMock>>;
  let gateway: Gateway;
  beforeAll(async () => {
    vendor = await startMock({ strict: true });
    gateway = await bootGateway({ SHELLM_CLAUDE_BIN: bin!, ANTHROPIC_BASE_URL: vendor.url, ANTHROPIC_API_KEY: 'sk-ant-mock-key', SHELLM_LIVE_MAX: '0' });
  });
  afterAll(async () => {
    await gateway.close();
    await vendor.close();
  });
  const prompt = `@@mock ${JSON.stringify({ thinking: 'let me think', text: 'Done.' })} @@`;
  /** Who spoke in the last request that reached the vendor: the CLI leaves the thoughts of turns that are over out. */
  const turns = (): unknown[] => {
    const { body } = vendor.requests.findLast(({ path }) => path.startsWith('/v1/messages'))!;
    return body.messages.map(({ role }) => role).filter((role) => role !== 'system');
  };

  it('is told with its signature, kept, and taken back with the next question', async () => {
    const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'none', maxRetries: 0 });
    const first = await client.responses.create({ model: 'claude/sonnet', input: prompt, include: ['reasoning.encrypted_content'] });
    const [thought, said] = first.output;
    expect(thought).toMatchObject({ type: 'reasoning', summary: [{ type: 'summary_text', text: 'let me think' }], encrypted_content: expect.stringMatching(/./) });
    expect(said).toMatchObject({ type: 'message', content: [{ text: 'Done.' }] });
    const { encrypted_content: signature } = thought as OpenAI.Responses.ResponseReasoningItem;
    const next = { role: 'user' as const, content: 'And now?' };
    await client.responses.create({ model: 'claude/sonnet', input: [next], previous_response_id: first.id });
    expect(turns()).toEqual(['user', 'assistant', 'user']);
    const whole = await client.responses.create({ model: 'claude/sonnet', input: [{ role: 'user', content: prompt }, ...(first.output as OpenAI.Responses.ResponseInput), next] });
    expect(turns()).toEqual(['user', 'assistant', 'user']);
    for (const { id } of [first, whole]) {
      const conversation = await gateway.app.get(ResponseRuns).historyOf(id, 'open');
      expect(conversation.messages[1]).toMatchObject({ role: 'assistant', reasoning: [{ text: 'let me think', signature }], text: 'Done.' });
    }
  });

  it('is found by the Vercel AI SDK, which sends ids alone of what is stored', async () => {
    const bodies: string[] = [];
    const model = createOpenAI({
      baseURL: `${gateway.url}/v1`,
      apiKey: 'none',
      fetch: (url, init) => {
        bodies.push(init?.body as string);
        return fetch(url, init);
      },
    }).responses('claude/sonnet');
    const messages: ModelMessage[] = [{ role: 'user', content: prompt }];
    const first = await generateText({ model, messages, maxRetries: 0 });
    expect([first.text, first.reasoningText]).toEqual(['Done.', 'let me think']);
    messages.push(...first.response.messages, { role: 'user', content: 'And now?' });
    await generateText({ model, messages, maxRetries: 0 });
    expect(bodies[1]!.match(/"item_reference","id":"(rs|msg)_/g)).toHaveLength(2);
    expect(turns()).toEqual(['user', 'assistant', 'user']);
  });
});
