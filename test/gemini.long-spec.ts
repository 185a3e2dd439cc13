import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { forgetFailures } from './support/forget-failures.js';
import { findInstalledCli } from './support/installed-cli.js';
import { type MockGemini, startMockGemini } from './support/mock-gemini.mjs';
import { processesOf } from './support/processes.js';

const fakeGemini = resolve(import.meta.dirname, '../selftest/fake-gemini.mjs');
const PATH = `${dirname(process.execPath)}:/usr/bin:/bin`;

type Told = Awaited<ReturnType<typeof call>>;
const user = (content: string): object => ({ role: 'user', content });
const ask = (gateway: Gateway, content: string, more: object = {}): Promise<Told> =>
  call(`${gateway.url}/v1/chat/completions`, { body: { model: 'gemini', messages: [user(content)], fallback: false, ...more } });
const said = ({ body }: Told): string => body.choices[0].message.content as string;

/** The files below a folder that hold a word. */
function filesWith(folder: string, word: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true && readFileSync(file, 'latin1').includes(word));
}

describe('Gemini, a fake of it', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await bootGateway({
      PATH,
      SHELLM_GEMINI_BIN: fakeGemini,
      GEMINI_API_KEY: 'gemini-key',
      SHELLM_PROVIDERS: 'gemini',
      SHELLM_MAX_CONCURRENT: '20',
      SECRET_OF_THE_GATEWAY: 'canary-7',
    });
    await ask(gateway, 'warm');
  });
  afterAll(async () => {
    await gateway.close();
    expect(processesOf(gateway.dataDir)).toEqual([]);
  });
  afterEach(() => {
    forgetFailures(gateway);
  });

  it.each<[string, number, string]>([
    ['error-429', 429, 'provider_rate_limited'],
    ['error-500', 502, 'upstream_error'],
    ['error-503', 502, 'upstream_error'],
    ['error-400', 400, 'invalid_parameter'],
    ['missing-model', 404, 'model_not_found'],
  ])('%s is a %s %s, and the process serves on', async (behaviour, status, code) => {
    const before = processesOf(gateway.dataDir);
    const told = await ask(gateway, `[[fake ${behaviour}]]`);
    expect([told.status, told.body.error.code]).toEqual([status, code]);
    expect(JSON.stringify(told.body)).not.toMatch(/\/home\//);
    expect([(await ask(gateway, 'hi')).status, processesOf(gateway.dataDir)]).toEqual([200, before]);
  });

  it.each([
    ['garbage', 'fine'],
    ['permission', '{"outcome":{"outcome":"selected","optionId":"no"}}'],
  ])('%s: %j', async (behaviour, expected) => {
    expect(said(await ask(gateway, `[[fake ${behaviour}]]`))).toBe(expected);
  });

  it('tells thoughts, and an answer that was blocked', async () => {
    expect((await ask(gateway, '[[fake thoughts]]')).body.choices[0].message).toMatchObject({ reasoning_content: '**Thinking**\nhard', content: 'because' });
    expect((await ask(gateway, '[[fake blocked]]')).body.choices[0].finish_reason).toBe('content_filter');
  });

  it('answers a blank message behind a blank answer as though nothing were kept: the one before', async () => {
    const first = user('[[fake blocked]]');
    await ask(gateway, '', { messages: [first] });
    const again = await ask(gateway, '', { messages: [first, { role: 'assistant', content: '' }, user(' ')] });
    expect([again.status, again.body.choices?.[0].finish_reason]).toEqual([200, 'content_filter']);
  });

  it('a crash fails those who are under way, and the next one is served', async () => {
    const slow = ask(gateway, '[[fake slow]]', { stream: true });
    const crashed = await ask(gateway, '[[fake crash]]');
    expect([crashed.status, crashed.body.error.code]).toEqual([502, 'cli_failed']);
    expect(String((await slow).body)).toMatch(/w0 |cli_failed/);
    expect((await ask(gateway, 'hi')).status).toBe(200);
  });

  it('one that does not end a turn is replaced, while others finish theirs', async () => {
    const [before] = processesOf(gateway.dataDir);
    const abort = new AbortController();
    const left = fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      signal: abort.signal,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gemini', stream: true, messages: [user('[[fake deaf]]')] }),
    }).then((answer) => answer.text());
    left.catch(() => undefined);
    const slow = ask(gateway, '[[fake slow]]');
    await new Promise((go) => setTimeout(go, 300));
    abort.abort();
    expect(said(await slow)).toContain('w19');
    await eventually(() => !processesOf(gateway.dataDir).includes(before!), 6000);
    expect((await ask(gateway, 'hi')).status).toBe(200);
  });

  it("gets a home of its own, nothing of the gateway's secrets, and a conversation's next words alone", async () => {
    interface Shown {
      readonly environment: object;
      readonly folder: string[];
      readonly prompt: { readonly text: string }[];
      readonly history: unknown[];
      readonly system: string;
      readonly settings: { readonly tools: { readonly core: string[] } };
    }
    const shown = async (messages: object[]): Promise<Shown> => JSON.parse(said(await ask(gateway, '', { messages }))) as Shown;
    const first = await shown([{ role: 'system', content: 'SYSTEM-OF-ONE' }, user('[[fake show]]')]);
    expect([first.folder, first.settings.tools.core]).toEqual([[], ['none', 'mcp_*']]);
    expect(first.prompt[0]?.text).toContain('SYSTEM-OF-ONE');
    expect(first.system).not.toContain('SYSTEM-OF-ONE');
    expect(JSON.stringify(first.environment)).not.toContain('canary-7');
    const opening = [user('one')];
    const answer = said(await ask(gateway, '', { messages: opening }));
    const next = await shown([...opening, { role: 'assistant', content: answer }, user('[[fake show]]')]);
    expect([next.prompt, next.history]).toEqual([[{ type: 'text', text: '[[fake show]]' }], ['one']]);
    const told = await shown([user('other'), { role: 'assistant', content: 'x' }, user('[[fake show]]')]);
    expect([told.prompt.length, told.history]).toEqual([
      1,
      [
        ['user', 'other'],
        ['gemini', 'x'],
      ],
    ]);
  });

  it('leaves no word of a conversation on the disk', async () => {
    await ask(gateway, 'needle-1');
    await ask(gateway, '', { messages: [user('needle-2'), { role: 'assistant', content: 'needle-3' }, user('needle-4')] });
    await ask(gateway, 'needle-5 [[fake error-500]]');
    await eventually(() => filesWith(gateway.dataDir, 'needle-').length === 0);
  });
});

describe('Gemini that cannot serve', () => {
  it.each<[string, Record<string, string>, RegExp]>([
    ['not installed', { SHELLM_GEMINI_BIN: '/nowhere/gemini' }, /not installed/],
    ['too old', { SHELLM_GEMINI_BIN: fakeGemini, GEMINI_API_KEY: 'k', FAKE_GEMINI_VERSION: '0.1.0', SHELLM_GEMINI_ENV: 'FAKE_GEMINI_VERSION' }, /0\.1\.0 is too old/],
    ['without a login', { SHELLM_GEMINI_BIN: fakeGemini }, /not logged in/],
    ['whose login is no good', { SHELLM_GEMINI_BIN: fakeGemini, GEMINI_API_KEY: 'k', FAKE_GEMINI_LOGIN: 'no', SHELLM_GEMINI_ENV: 'FAKE_GEMINI_LOGIN' }, /GEMINI_API_KEY/],
    [
      'whose login Google does not confirm',
      { SHELLM_GEMINI_BIN: fakeGemini, GOOGLE_CLOUD_ACCESS_TOKEN: 't', FAKE_GEMINI_LOGIN: 'asks', SHELLM_GEMINI_ENV: 'GOOGLE_CLOUD_ACCESS_TOKEN,FAKE_GEMINI_LOGIN' },
      /could not confirm its login|not logged in/,
    ],
    [
      'without a subscription that may serve',
      { SHELLM_GEMINI_BIN: fakeGemini, GOOGLE_CLOUD_ACCESS_TOKEN: 't', SHELLM_GEMINI_ENV: 'GOOGLE_CLOUD_ACCESS_TOKEN', SHELLM_SUBSCRIPTIONS: 'off' },
      /SHELLM_SUBSCRIPTIONS is off/,
    ],
  ])(
    '%s: says what to do',
    async (_, environment, message) => {
      const gateway = await bootGateway({ PATH, SHELLM_PROVIDERS: 'gemini', ...environment });
      const refused = await ask(gateway, 'hi');
      const { body } = await call(`${gateway.url}/health`);
      await gateway.close();
      expect([refused.status, refused.body.error.code]).toEqual([503, 'provider_unavailable']);
      expect(refused.body.error.message).toMatch(message);
      expect(body.providers.gemini).toMatchObject({ status: 'unavailable', detail: expect.stringMatching(message) });
    },
    40_000,
  );

  it('that does not take a history is told it as one text', async () => {
    const gateway = await bootGateway({
      PATH,
      SHELLM_PROVIDERS: 'gemini',
      SHELLM_GEMINI_BIN: fakeGemini,
      GEMINI_API_KEY: 'k',
      FAKE_GEMINI_LOAD: 'no',
      SHELLM_GEMINI_ENV: 'FAKE_GEMINI_LOAD',
    });
    const { prompt } = JSON.parse(said(await ask(gateway, '', { messages: [user('other'), { role: 'assistant', content: 'x' }, user('[[fake show]]')] }))) as {
      prompt: { text: string }[];
    };
    await gateway.close();
    expect(prompt[0]?.text).toContain('User: other\n\nAssistant: x');
  });
});

const bin = findInstalledCli('gemini');
const withCli = bin === undefined ? describe.skip : describe;

withCli('the real Gemini CLI', () => {
  jest.setTimeout(90_000);
  let vendor: MockGemini;
  let gateway: Gateway;
  let home: string;
  beforeAll(async () => {
    vendor = await startMockGemini();
    home = mkdtempSync(join(tmpdir(), 'gemini-user-'));
    mkdirSync(join(home, '.gemini/extensions/x'), { recursive: true });
    writeFileSync(join(home, '.gemini/GEMINI.md'), 'CANARY-MEMORY');
    writeFileSync(
      join(home, '.gemini/settings.json'),
      JSON.stringify({ mcpServers: { x: { command: 'touch', args: [join(home, 'CANARY-RAN')] } }, context: { fileName: 'GEMINI.md' } }),
    );
    writeFileSync(join(home, '.gemini/extensions/x/gemini-extension.json'), JSON.stringify({ name: 'x', version: '1.0.0', contextFileName: '../../GEMINI.md' }));
    gateway = await bootGateway({
      PATH,
      HOME: home,
      SHELLM_GEMINI_BIN: bin!,
      SHELLM_PROVIDERS: 'gemini',
      GEMINI_API_KEY: 'gemini-key',
      GOOGLE_GEMINI_BASE_URL: vendor.url,
      SHELLM_MAX_CONCURRENT: '4',
    });
    await ask(gateway, 'warm');
    vendor.reset();
  });
  afterAll(async () => {
    await gateway.close();
    await vendor.close();
    rmSync(home, { recursive: true });
  });
  afterEach(() => {
    vendor.reset();
  });
  const calls = (): MockGemini['requests'] => vendor.requests.filter(({ path }) => path.includes('enerateContent'));
  const wordsOf = (request: MockGemini['requests'][number]): string => JSON.stringify(request.body);

  it("never tells one client's system prompt in another's chat: two at once, fifty rounds", async () => {
    for (let round = 0; round < 50; round += 1) {
      const clients = ['anna', 'bert'].map((name) => ({ system: `SYSTEM-OF-${name}-${round}`, words: `words of ${name} ${round}` }));
      const answers = await Promise.all(clients.map(({ system, words }) => ask(gateway, '', { messages: [{ role: 'system', content: system }, user(words)] })));
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    }
    const seen = calls().map(wordsOf);
    expect(seen.length).toBe(100);
    for (const words of seen) {
      const systems = [...new Set(words.match(/SYSTEM-OF-\w+-\d+/g))];
      const [, name, round] = /words of (\w+) (\d+)/.exec(words) ?? [];
      expect(systems).toEqual([`SYSTEM-OF-${name}-${round}`]);
    }
  });

  it.each(['/help', '/init', '/memory show', '$skill', '?', '@/etc/passwd', '!ls', '<session_context>x'])('%s is text and nothing else: first, next and before', async (text) => {
    const first = said(await ask(gateway, text));
    expect(first).toContain('Echo');
    await ask(gateway, '', { messages: [user(text), { role: 'assistant', content: first }, user(text)] });
    await ask(gateway, '', { messages: [user(text), { role: 'assistant', content: 'before' }, user('now')] });
    const seen = calls();
    expect(seen).toHaveLength(3);
    const texts = seen.map(({ body }) =>
      body.contents
        .filter(({ role }) => role === 'user')
        .map(({ parts }) => parts.map((part) => (part.text ?? '').replaceAll('\u2060', '')).filter((part) => part === text).length),
    );
    expect(texts).toEqual([[1], [1, 1], [1, 0]]);
    expect(seen.map(wordsOf).join('')).not.toContain('root:');
  });

  it('answers a conversation with its answer alone, however long it is', async () => {
    for (const turns of [1, 2, 100]) {
      const history = Array.from({ length: turns }, (_, index) => [user(`question ${index}`), { role: 'assistant', content: `answer ${index}` }]).flat();
      expect(said(await ask(gateway, '', { messages: [...history, user('and now?')] }))).toBe('Echo: and now?');
      expect(calls().at(-1)!.body.contents).toHaveLength(2 * turns + 1);
    }
  });

  it("tells the vendor's figures, what was cached and thought among them", async () => {
    const { body } = await ask(gateway, 'count [[mock:{"thought":"**Plan** it","usage":{"prompt":50,"cached":40,"output":3,"thoughts":9}}]]');
    expect(body.usage).toMatchObject({
      prompt_tokens: 50,
      completion_tokens: 12,
      prompt_tokens_details: { cached_tokens: 40 },
      completion_tokens_details: { reasoning_tokens: 9 },
    });
  });

  it.each([
    ['auto', 404, 'model_not_found'],
    ['auto-gemini-3', 404, 'model_not_found'],
  ])('%s is none of its models: the choice would cost a call', async (model, status, code) => {
    const told = await ask(gateway, 'hi', { model: `gemini/${model}` });
    expect([told.status, told.body.error.code, calls()]).toEqual([status, code, []]);
  });

  it('holds nothing of the user', async () => {
    await ask(gateway, 'hi');
    expect(calls().map(wordsOf).join('')).not.toContain('CANARY');
    expect(readdirSync(home)).toEqual(['.gemini']);
  });

  it('sees pictures, thinks, and leaves no word of it on the disk', async () => {
    const png = 'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mP8z8BQz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC';
    const picture = { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } };
    const { body } = await ask(gateway, '', { messages: [{ role: 'user', content: [{ type: 'text', text: 'needle-1 [[mock:{"thought":"hm","text":"seen"}]]' }, picture] }] });
    expect(body.choices[0].message).toMatchObject({ content: 'seen', reasoning_content: expect.stringContaining('hm') });
    expect(wordsOf(calls()[0]!)).toContain(png);
    await ask(gateway, 'needle-2 [[mock:{"status":500}]]');
    await eventually(() => filesWith(gateway.dataDir, 'needle-').length === 0);
  });
});
