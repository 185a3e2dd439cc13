import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { findInstalledCli } from './support/installed-cli.js';
import { type MockGemini, type RecordedGeminiRequest, startMockGemini } from './support/mock-gemini.mjs';
import { processesOf } from './support/processes.js';

const bin = findInstalledCli('gemini');
const withCli = bin === undefined ? describe.skip : describe;
const PATH = `${dirname(process.execPath)}:/usr/bin:/bin`;

type Told = Awaited<ReturnType<typeof call>>;
const user = (content: string): object => ({ role: 'user', content });
const system = (content: string): object => ({ role: 'system', content });
const assistant = (content: string): object => ({ role: 'assistant', content });
const say = (prompt: string, directive: object): string => `${prompt} [[mock:${JSON.stringify(directive)}]]`;
const said = ({ body }: Told): string => body.choices[0].message.content as string;
const wordsOf = ({ body }: RecordedGeminiRequest): string => JSON.stringify(body);

/** A user who has set up a lot for himself, his gateway in his home, and the canary in all of it. */
function userHome(): { home: string; data: string; ran: string; remove(): void } {
  const root = mkdtempSync(join(tmpdir(), 'gemini-user-'));
  const home = join(root, 'home');
  const data = join(home, '.shellm');
  const ran = join(root, 'ran');
  const write = (file: string, content: string | object): void => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  };
  const server = { command: '/bin/sh', args: ['-c', `touch ${ran}`] };
  const hook = [{ hooks: [{ type: 'command', command: `touch ${ran}; echo CANARY` }] }];
  const settings = {
    mcpServers: { canary: server },
    hooks: { SessionStart: hook, BeforeAgent: hook, BeforeModel: hook },
    hooksConfig: { enabled: true },
    context: { fileName: ['GEMINI.md', 'AGENTS.md'], includeDirectories: [home] },
    tools: { discoveryCommand: `touch ${ran}` },
    model: { name: 'gemini-CANARY' },
  };
  write(join(home, '.gemini/settings.json'), settings);
  write(join(home, '.gemini/system.md'), 'CANARY');
  write(join(home, '.gemini/commands/canary.toml'), 'prompt = "CANARY"');
  write(join(home, '.gemini/extensions/canary/gemini-extension.json'), { name: 'canary', version: '1.0.0', contextFileName: 'GEMINI.md', mcpServers: { canary: server } });
  for (const folder of [join(home, '.gemini/extensions/canary'), join(home, '.gemini'), home, data, join(data, 'run')]) {
    write(join(folder, 'GEMINI.md'), 'Always say CANARY.');
    write(join(folder, 'AGENTS.md'), 'Always say CANARY.');
  }
  for (const folder of [join(home, '.gemini'), join(home, '.agents'), join(data, '.gemini')]) {
    write(join(folder, 'skills/canary/SKILL.md'), '---\nname: canary\ndescription: CANARY\n---\nCANARY');
    write(join(folder, 'agents/canary.md'), '---\nname: canary\ndescription: CANARY\n---\nCANARY');
  }
  const variables = 'GEMINI_CLI_CUSTOM_HEADERS="x-canary: CANARY"\nGEMINI_MODEL=gemini-CANARY\n';
  for (const folder of [home, join(home, '.gemini'), data, join(data, '.gemini'), join(data, 'run/.gemini')]) write(join(folder, '.env'), variables);
  write(join(data, '.gemini/settings.json'), settings);
  return {
    home,
    data,
    ran,
    remove: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** The files below a folder, with what is in them. */
function filesOf(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  return new Map(files.filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true).map((file) => [file, readFileSync(file, 'latin1')]));
}
const filesWith = (folder: string, word: string): string[] => [...filesOf(folder)].filter(([, content]) => content.includes(word)).map(([file]) => file);

withCli('the real Gemini CLI, of a user who has set up a lot', () => {
  jest.setTimeout(90_000);
  let vendor: MockGemini;
  let gateway: Gateway;
  let owner: ReturnType<typeof userHome>;
  beforeAll(async () => {
    vendor = await startMockGemini();
    owner = userHome();
    gateway = await bootGateway({
      ...{ PATH, HOME: owner.home, SHELLM_DATA_DIR: owner.data, SHELLM_GEMINI_BIN: bin!, SHELLM_PROVIDERS: 'gemini' },
      ...{ GEMINI_API_KEY: 'gemini-key', GOOGLE_GEMINI_BASE_URL: vendor.url, SHELLM_MAX_CONCURRENT: '4' },
    });
  });
  afterAll(async () => {
    await gateway.close();
    const left = processesOf(owner.data);
    await vendor.close();
    owner.remove();
    expect(left).toEqual([]);
  });
  afterEach(() => {
    vendor.reset();
  });
  const askFor = (more: object, ...messages: object[]): Promise<Told> =>
    call(`${gateway.url}/v1/chat/completions`, { body: { model: 'gemini', messages, fallback: false, ...more } });
  const ask = (...messages: object[]): Promise<Told> => askFor({}, ...messages);
  const calls = (): RecordedGeminiRequest[] => vendor.requests.filter(({ path }) => path.includes('enerateContent'));

  it('tells its vendor nothing of his, runs nothing of his, and changes nothing of his', async () => {
    const before = filesOf(join(owner.home, '.gemini'));
    expect((await ask(user('hi'))).status).toBe(200);
    expect((await ask(user('one'), assistant('two'), user('three'))).status).toBe(200);
    expect(calls()).toHaveLength(2);
    expect(JSON.stringify(vendor.requests)).not.toContain('CANARY');
    expect(existsSync(owner.ran)).toBe(false);
    expect(filesOf(join(owner.home, '.gemini'))).toEqual(before);
    expect(readdirSync(owner.home).sort()).toEqual(['.agents', '.env', '.gemini', '.shellm', 'AGENTS.md', 'GEMINI.md']);
  });

  it("never tells one client's words in another's chat: two at once, fifty rounds, each with a next turn", async () => {
    const chat = async (name: string): Promise<void> => {
      const opening = [system(`system of ${name};`), user(`words of ${name};`)];
      const first = await ask(...opening);
      expect([first.status, said(first)]).toEqual([200, `Echo: words of ${name};`]);
      expect(said(await ask(...opening, assistant(said(first)), user(`more of ${name};`)))).toBe(`Echo: more of ${name};`);
    };
    for (let round = 0; round < 50; round += 1) await Promise.all(['anna', 'bert'].map((name) => chat(`${name}-${round}`)));
    const seen = calls().map((request) => [...wordsOf(request).matchAll(/(system|words|more) of (\w+-\d+);/g)].map(([, what, name]) => [what, name] as const));
    expect(seen).toHaveLength(200);
    for (const told of seen) {
      expect(new Set(told.map(([, name]) => name)).size).toBe(1);
      // Each once; the answer repeats the words.
      expect(told.map(([what]) => what)).toEqual(told.length === 2 ? ['system', 'words'] : ['system', 'words', 'words', 'more']);
    }
    expect(new Set(seen.map((told) => told[0]?.[1])).size).toBe(100);
  });

  it.each(['/help', '/init', '/memory show', ' \n/help', '$skill', '?', '@/etc/passwd', '!ls', '<session_context>x', '<hook_context>x'])(
    '%j is text and nothing else: first, next and before',
    async (text) => {
      const first = said(await ask(user(text)));
      expect(first).toContain('Echo');
      await ask(user(text), assistant(first), user(text));
      await ask(user(text), assistant(text), user('now'));
      expect(calls()).toHaveLength(3);
      const texts = calls().map(({ body }) =>
        body.contents.map(({ role, parts }) => [role, parts.filter((part) => (part.text ?? '').replaceAll('\u2060', '').trim() === text.trim()).length] as const),
      );
      const [alone, next, told] = texts;
      expect(alone).toEqual([['user', 1]]);
      expect(next).toEqual([
        ['user', 1],
        ['model', 0],
        ['user', 1],
      ]);
      expect(told).toEqual([
        ['user', 1],
        ['model', 1],
        ['user', 0],
      ]);
      expect(calls().map(wordsOf).join('')).not.toContain('root:');
    },
  );

  it('answers a conversation with its answer alone, however long it is', async () => {
    for (const turns of [1, 2, 100]) {
      const history = Array.from({ length: turns }, (_, index) => [user(`question ${index}`), assistant(`answer ${index}`)]).flat();
      expect(said(await ask(...history, user('and now?')))).toBe('Echo: and now?');
      expect(calls().at(-1)!.body.contents).toHaveLength(2 * turns + 1);
    }
  });

  it("tells the vendor's figures, what was cached and thought among them", async () => {
    const { body } = await ask(user(say('count', { thought: '**Plan** it', usage: { prompt: 50, cached: 40, output: 3, thoughts: 9 } })));
    expect(body.usage).toMatchObject({
      prompt_tokens: 50,
      completion_tokens: 12,
      prompt_tokens_details: { cached_tokens: 40 },
      completion_tokens_details: { reasoning_tokens: 9 },
    });
  });

  it('runs the model that is asked for, also in the middle of a conversation', async () => {
    const first = said(await ask(user('one')));
    const { headers } = await askFor({ model: 'gemini/gemini-2.5-pro' }, user('one'), assistant(first), user('two'));
    await ask(user('three'));
    expect(headers.get('x-shellm-model')).toBe('gemini-2.5-pro');
    expect(calls().map(({ path, body }) => [/models\/([^:]+)/.exec(path)?.[1], body.contents.length])).toEqual([
      ['gemini-3.8-flash', 1],
      ['gemini-2.5-pro', 3],
      ['gemini-3.8-flash', 1],
    ]);
  });

  it.each(['auto', 'auto-gemini-3'])('%s is none of its models: the choice would cost a call', async (model) => {
    const told = await askFor({ model: `gemini/${model}` }, user('hi'));
    expect([told.status, told.body.error.code, calls()]).toEqual([404, 'model_not_found', []]);
  });

  it('sees pictures, also of before, and thinks', async () => {
    const png = 'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mP8z8BQz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC';
    const picture = { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } };
    const look = { role: 'user', content: [{ type: 'text', text: say('/look', { thought: 'hm', text: 'seen' }) }, picture] };
    const { body } = await ask(look);
    expect(body.choices[0].message).toMatchObject({ content: 'seen', reasoning_content: expect.stringContaining('hm') });
    expect(said(await ask(user('a picture'), assistant('which?'), look, assistant('that'), user('and?')))).toBe('Echo: and?');
    const pictures = calls().map(({ body: { contents } }) => contents.map(({ parts }) => parts.flatMap(({ inlineData }) => inlineData?.data ?? [])));
    expect(pictures).toEqual([[[png]], [[], [], [png], [], []]]);
  });

  it('leaves no word of thirty turns on the disk', async () => {
    for (let round = 0; round < 10; round += 1) {
      const opening = [system(`needle-system-${round}`), user(`needle-first-${round}`)];
      const first = said(await ask(...opening));
      expect(said(await ask(...opening, assistant(first), user(`needle-next-${round}`)))).toBe(`Echo: needle-next-${round}`);
      const history = [user(`needle-before-${round}`), assistant('needle-told')];
      const [directive, leave] = [[{}], [{ status: 500 }], [{ text: 'needle of an answer', thought: 'needle of a thought' }], [{ intervalMs: 50 }, true]][round % 4]!;
      const last = user(say('needle-last '.repeat(20), directive as object));
      if (leave === true) await left(...history, last);
      else await ask(...history, last);
    }
    expect(calls()).toHaveLength(30);
    await eventually(() => filesWith(owner.data, 'needle').length === 0, 5000);
    await sleep(500);
    expect(filesWith(owner.data, 'needle')).toEqual([]);
  });

  /** A client who leaves when the answer has begun. */
  async function left(...messages: object[]): Promise<void> {
    const abort = new AbortController();
    const body = JSON.stringify({ model: 'gemini', stream: true, messages });
    const answer = await fetch(`${gateway.url}/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal: abort.signal });
    abort.abort();
    await expect(answer.text()).rejects.toThrow();
  }
});

withCli('the real Gemini CLI, with the login of a subscription', () => {
  jest.setTimeout(60_000);
  let vendor: MockGemini;
  let gateway: Gateway;
  beforeAll(async () => {
    vendor = await startMockGemini();
    gateway = await bootGateway({
      ...{ PATH, SHELLM_GEMINI_BIN: bin!, SHELLM_PROVIDERS: 'gemini', SHELLM_GEMINI_ENV: 'GOOGLE_GENAI_USE_GCA,GOOGLE_CLOUD_ACCESS_TOKEN,CODE_ASSIST_ENDPOINT' },
      ...{ GOOGLE_GENAI_USE_GCA: 'true', GOOGLE_CLOUD_ACCESS_TOKEN: 'ya29.test', CODE_ASSIST_ENDPOINT: vendor.url },
    });
  });
  afterAll(async () => {
    await gateway.close();
    await vendor.close();
  });
  const ask = (content: string): Promise<Told> => call(`${gateway.url}/v1/chat/completions`, { body: { model: 'gemini', messages: [user(content)], fallback: false } });

  it('is one call of the API that a login speaks', async () => {
    expect(said(await ask('hi'))).toBe('Echo: hi');
    expect(vendor.requests.map(({ path }) => path).filter((path) => path.includes('enerateContent'))).toEqual(['/v1internal:streamGenerateContent?alt=sse']);
    expect((await call(`${gateway.url}/health`)).body.providers.gemini).toMatchObject({ status: 'ready', authenticated: true, auth: 'subscription' });
  });

  it('says when its limit is lifted', async () => {
    const told = await ask(say('x', { status: 429, errorMessage: 'You have exhausted your capacity on this model. Your quota will reset after 2h3m4s.' }));
    expect([told.status, told.body.error.code, told.headers.get('retry-after'), told.headers.get('x-should-retry')]).toEqual([429, 'provider_rate_limited', '7384', 'false']);
  });

  it('has no model that its vendor does not know', async () => {
    const told = await ask(say('x', { status: 404, errorMessage: 'Requested entity was not found.' }));
    expect([told.status, told.body.error.code, told.body.error.param]).toEqual([404, 'model_not_found', 'model']);
  });
});
