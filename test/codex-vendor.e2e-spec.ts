import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { findInstalledCli } from './support/installed-cli.js';
import { type MockOpenAi, type RecordedOpenAiRequest, startMockOpenAI } from './support/mock-openai.mjs';

const bin = findInstalledCli('codex');
const withCli = bin === undefined ? describe.skip : describe;
const user = (content: string): object => ({ role: 'user', content });
const say = (prompt: string, directive: object): string => `${prompt} [[mock:${JSON.stringify(directive)}]]`;

/** An agent helps itself where a chat model does not: with further calls to its vendor, and notes on the disk. */
withCli('the real Codex CLI does nothing of its own accord', () => {
  jest.setTimeout(60_000);
  let vendor: MockOpenAi;
  let gateway: Gateway;
  beforeAll(async () => {
    vendor = await startMockOpenAI();
    gateway = await bootGateway({
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      SHELLM_CODEX_BIN: bin!,
      SHELLM_PROVIDERS: 'codex',
      CODEX_API_KEY: 'sk-codex-test',
      SHELLM_CODEX_CONFIG: JSON.stringify({ openai_base_url: `${vendor.url}/v1` }),
    });
  });
  afterAll(async () => {
    await gateway.close();
    await vendor.close();
  });
  afterEach(() => {
    vendor.reset();
  });
  const ask = (messages: readonly object[], model = 'codex'): ReturnType<typeof call> => call(`${gateway.url}/v1/chat/completions`, { body: { model, messages, fallback: false } });
  const calls = (): RecordedOpenAiRequest[] => vendor.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/responses'));

  it('runs its own preferred model where the client names none, and leaves nothing of a prompt on the disk', async () => {
    const { headers } = await ask([{ role: 'system', content: 'CANARY-SYSTEM' }, user('CANARY-PROMPT')]);
    const { body } = await call(`${gateway.url}/v1/models`);
    const files = readdirSync(gateway.dataDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter((file) => contentOf(file).includes('CANARY'))).toEqual([]);
    const model = headers.get('x-shellm-model');
    expect((body.data as { id: string }[]).map(({ id }) => id)[0]).toBe(`codex/${model}`);
    // What `codex app-server` 0.169.0 itself takes.
    expect([model, calls()[0]!.body.model]).toEqual(['gpt-6.1-sol', 'gpt-6.1-sol']);
  });

  it.each(['gpt-5.5', 'gpt-6-sol', 'gpt-of-tomorrow'])('never sums up a long conversation: %s', async (model) => {
    const opening = user(say('long', { text: 'one', usage: { input: 900_000, output: 3 } }));
    await ask([opening], `codex/${model}`);
    const next = await ask([opening, { role: 'assistant', content: 'one' }, user('two')], `codex/${model}`);
    expect([next.status, next.body.choices[0].message.content]).toEqual([200, 'Echo: two']);
    expect(calls().map(({ body }) => body.input.filter(({ role }) => role === 'user' || role === 'assistant').length)).toEqual([1, 3]);
  });

  it.each([
    ['max_output_tokens', 'length'],
    ['content_filter', 'content_filter'],
  ])('takes an answer that its vendor cut for %s as it is, and asks no second time', async (incomplete, reason) => {
    const { status, body } = await ask([user(say('go on', { text: 'half of it', incomplete, usage: { input: 42, output: 7 } }))]);
    expect([status, body.choices[0]]).toMatchObject([200, { finish_reason: reason, message: { content: 'half of it' } }]);
    // Of an answer that was filtered the CLI tells no figures.
    if (reason === 'length') expect(body.usage).toMatchObject({ prompt_tokens: 42, completion_tokens: 7 });
    expect(body.usage.prompt_tokens).toBeGreaterThan(0);
    expect((await ask([user('And now?')])).body.choices[0]).toMatchObject({ finish_reason: 'stop' });
    expect(calls()).toHaveLength(2);
  });

  const deep = (levels: number): object => (levels === 0 ? { type: 'string' } : { type: 'object', properties: { a: deep(levels - 1) } });
  const functionOf = (name: string, parameters: object): object => ({ type: 'function', function: { name, parameters } });
  it.each<[string, object, string]>([
    ['a schema that nests deeper than the CLI reads', { tools: [functionOf('f', deep(60))] }, 'tools'],
    ['a name that is there twice', { tools: [functionOf('f', deep(1)), functionOf('f', deep(1))] }, 'tools'],
    ['a schema that is none', { tools: [functionOf('f', { type: 'bogus', properties: 5 })] }, 'tools'],
  ])('says that the request is at fault where it is, and is no worse for it: %s', async (_, more, param) => {
    for (let time = 0; time < 6; time++) {
      const { status, body } = await call(`${gateway.url}/v1/chat/completions`, { body: { model: 'codex', messages: [user('x')], fallback: false, ...more } });
      expect([status, body.error]).toMatchObject([400, { code: 'invalid_parameter', param }]);
    }
    expect((await ask([user('hi')])).status).toBe(200);
  });

  it.each([
    ['image/bmp', 'Qk0='],
    ['image/png', 'AAAA'],
  ])('refuses a picture that the CLI would leave out: %s', async (type, data) => {
    const { status, body } = await ask([{ role: 'user', content: [{ type: 'image_url', image_url: { url: `data:${type};base64,${data}` } }] }]);
    expect([status, body.error.param]).toEqual([400, 'messages[0].content[0]']);
    expect(calls()).toEqual([]);
  });

  it('does not go on where the model calls a function that nobody offered', async () => {
    const { status, body, headers } = await ask([user(say('ls', { tool: { name: 'exec_command', arguments: { cmd: 'ls' } } }))]);
    expect([status, body.error.code, body.error.message]).toEqual([502, 'upstream_error', 'The model called a function that nobody offered.']);
    expect(headers.get('x-should-retry')).toBe('false');
    expect(calls().length).toBeLessThanOrEqual(2);
  });

  it.each([
    [422, 400, 'invalid_parameter'],
    [409, 400, 'invalid_parameter'],
    [413, 413, 'payload_too_large'],
  ])("tells the vendor's own %s, once, without what the CLI puts around it", async (told, status, code) => {
    const answer = await ask([user(say('x', { status: told, errorMessage: 'Bad seed.' }))]);
    expect([answer.status, answer.body.error]).toEqual([status, expect.objectContaining({ code, message: 'The OpenAI API: Bad seed.' })]);
    expect(calls()).toHaveLength(1);
  });
});

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return ''; // one that came and went
  }
}
