import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { forgetFailures } from './support/forget-failures.js';
import { findInstalledCli } from './support/installed-cli.js';
import { type MockOpenAi, startMockOpenAI } from './support/mock-openai.mjs';
import { processesOf } from './support/processes.js';
import { ProcessPool } from '../src/process-pool/process-pool.js';

const fakeCodex = resolve(import.meta.dirname, '../selftest/fake-codex.mjs');
const PATH = `${dirname(process.execPath)}:/usr/bin:/bin`;

type Told = Awaited<ReturnType<typeof call>>;
const user = (content: string): object => ({ role: 'user', content });
const ask = (gateway: Gateway, content: string, more: object = {}): Promise<Told> =>
  call(`${gateway.url}/v1/chat/completions`, { body: { model: 'codex', messages: [user(content)], fallback: false, ...more } });
const said = ({ body }: Told): string => body.choices[0].message.content as string;
/** A stream that has begun: its answer comes in pieces. */
const begun = (gateway: Gateway, content: string, signal?: AbortSignal): Promise<Response> =>
  fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'codex', stream: true, messages: [user(content)] }),
    ...(signal ? { signal } : {}),
  });

describe('Codex, a fake of it', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await bootGateway({
      PATH,
      SHELLM_CODEX_BIN: fakeCodex,
      CODEX_API_KEY: 'sk-codex-key',
      SHELLM_PROVIDERS: 'codex',
      SHELLM_MAX_CONCURRENT: '20',
      SHELLM_CLIENTS: '',
      SECRET_OF_THE_GATEWAY: 'canary-7',
    });
    await ask(gateway, 'warm');
    // The account has newer models than the program: the process is replaced once, in the background.
    await eventually(async () => JSON.stringify((await call(`${gateway.url}/v1/models`)).body).includes('codex/gpt-fake-new') && processesOf(gateway.dataDir).length === 1, 15_000);
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
    ['error-400', 400, 'invalid_parameter'],
    ['error-404', 404, 'model_not_found'],
    ['error-403', 503, 'provider_unavailable'],
    ['strange', 502, 'cli_failed'],
    ['retry', 502, 'upstream_error'],
    ['cut', 502, 'upstream_error'],
    ['again', 502, 'upstream_error'],
  ])('%s is a %s %s, and the process serves on', async (behaviour, status, code) => {
    const before = processesOf(gateway.dataDir);
    const told = await ask(gateway, `[[fake ${behaviour}]]`);
    expect([told.status, told.body.error.code]).toEqual([status, code]);
    expect(JSON.stringify(told.body)).not.toMatch(/\/home\/|https?:/);
    expect([(await ask(gateway, 'hi')).status, processesOf(gateway.dataDir)]).toEqual([200, before]);
  });

  it('says no word twice', async () => {
    const { body } = await ask(gateway, '[[fake cut]]', { stream: true });
    expect(String(body).match(/same /g)).toHaveLength(1);
    expect(String(body)).toContain('"finish_reason":"error"');
  });

  it.each([
    ['ws', 'after all'],
    ['two', 'first\n\nsecond'],
    ['garbage', 'fine'],
  ])('%s: %j', async (behaviour, expected) => {
    expect(said(await ask(gateway, `[[fake ${behaviour}]]`))).toBe(expected);
  });

  it('none of them disturbs another turn of the same process', async () => {
    const before = processesOf(gateway.dataDir);
    const slow = await begun(gateway, '[[fake slow]]');
    const whole = ask(gateway, '[[fake slow]]');
    for (const behaviour of ['error-500', 'error-429', 'error-403', 'retry', 'cut', 'again', 'incomplete', 'garbage', 'strange', 'approval', 'two']) {
      await ask(gateway, `[[fake ${behaviour}]]`);
      forgetFailures(gateway);
    }
    const words = Array.from({ length: 20 }, (_, index) => `w${index} `);
    expect((await slow.text()).match(/w\d+ /g)).toEqual(words);
    expect(said(await whole)).toBe(words.join(''));
    expect(processesOf(gateway.dataDir)).toEqual(before);
  });

  it('may do nothing that it asks leave for', async () => {
    const no = { code: -32601, message: 'Method not found' };
    const denied = { decision: { denied: { rejection: 'Not allowed.' } } };
    expect(JSON.parse(said(await ask(gateway, '[[fake approval]]')))).toEqual([
      ...[{ decision: 'decline' }, { decision: 'decline' }, denied, denied, { action: 'decline', content: null, _meta: null }, no, no],
    ]);
  });

  it("tells reasoning, an answer that was cut, and the account's limits", async () => {
    const { body } = await ask(gateway, '[[fake reasoning]]');
    expect(body.choices[0].message).toMatchObject({ reasoning_content: 'think \n\nmore', content: 'because' });
    expect((await ask(gateway, '[[fake incomplete]]')).body.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: 'half of it' } });
    const limited = await ask(gateway, '[[fake limit]]');
    expect([limited.status, Number(limited.headers.get('retry-after')) > 80, limited.headers.get('x-should-retry')]).toEqual([429, true, 'false']);
    expect((await call(`${gateway.url}/quota`)).body.data).toMatchObject([
      { provider: 'codex', window: 'five_hour', used_percent: 100, status: 'exhausted' },
      { provider: 'codex', window: 'weekly', used_percent: 40, status: 'allowed' },
    ]);
  });

  it('a crash fails those who are under way, and the next one is served', async () => {
    const slow = await begun(gateway, '[[fake slow]]');
    const crashed = await ask(gateway, '[[fake crash]]');
    expect([crashed.status, crashed.body.error.code]).toEqual([502, 'cli_failed']);
    const text = await slow.text();
    expect(text).toMatch(/w0 .*"finish_reason":"error".*"code":"cli_failed"/s);
    expect(text).not.toMatch(/w19|\[DONE\]|"finish_reason":"stop"/);
    expect((await ask(gateway, 'hi')).status).toBe(200);
  });

  it('one that does not end a turn is replaced, while others finish theirs', async () => {
    const [before] = processesOf(gateway.dataDir);
    const abort = new AbortController();
    const slow = await begun(gateway, '[[fake slow]]');
    const left = await begun(gateway, '[[fake deaf]]', abort.signal);
    abort.abort();
    await expect(left.text()).rejects.toThrow();
    expect(await slow.text()).toContain('w19');
    await eventually(() => !processesOf(gateway.dataDir).includes(before!), 6000);
    expect((await ask(gateway, 'hi')).status).toBe(200);
  });

  it('one that does not even open a chat is replaced', async () => {
    const before = processesOf(gateway.dataDir);
    const told = await ask(gateway, '', { messages: [{ role: 'system', content: 'MUTE' }, user('hi')] });
    expect([told.status, told.body.error.code]).toEqual([502, 'cli_failed']);
    expect((await ask(gateway, 'hi')).status).toBe(200);
    await eventually(() => processesOf(gateway.dataDir).every((pid) => !before.includes(pid)), 6000);
  });

  it("gets nothing of the gateway's secrets, an empty folder, and a conversation's next words alone", async () => {
    const opening = [user('one')];
    const first = said(await ask(gateway, '', { messages: opening }));
    const shown = JSON.parse(said(await ask(gateway, '', { messages: [{ role: 'system', content: 'S' }, user('[[fake show]]')] }))) as {
      environment: object;
      args: string[];
      folder: string[];
      instructions: string;
    };
    expect([shown.folder, shown.instructions]).toEqual([[], 'S']);
    expect(JSON.stringify(shown.environment)).not.toContain('canary-7');
    expect(shown.args.join(' ')).not.toContain('sk-codex-key');
    const next = JSON.parse(said(await ask(gateway, '', { messages: [...opening, { role: 'assistant', content: first }, user('[[fake show]]')] }))) as {
      items: unknown[];
      input: unknown[];
    };
    expect([next.items, next.input]).toEqual([[], [{ type: 'text', text: '[[fake show]]' }]]);
    // Another history has no live thread: it is told.
    const told = JSON.parse(said(await ask(gateway, '', { messages: [user('other'), { role: 'assistant', content: 'x' }, user('[[fake show]]')] }))) as { items: unknown[] };
    expect(told.items).toHaveLength(2);
  });

  it('lists the models of the account, and counts as warm', async () => {
    await eventually(async () => JSON.stringify((await call(`${gateway.url}/v1/models`)).body).includes('codex/gpt-fake-new'));
    expect(gateway.app.get(ProcessPool).capacity().warm).toBe(1);
    expect((await ask(gateway, 'hi', { model: 'codex/gpt-fake-mini' })).headers.get('x-shellm-model')).toBe('gpt-fake-mini');
  });
});

const bin = findInstalledCli('codex');
const withCli = bin === undefined ? describe.skip : describe;

withCli('the real Codex CLI', () => {
  jest.setTimeout(60_000);
  let vendor: MockOpenAi;
  beforeAll(async () => {
    vendor = await startMockOpenAI();
  });
  afterAll(() => vendor.close());
  afterEach(() => {
    vendor.reset();
  });
  const boot = (more: Record<string, string> = {}): Promise<Gateway> =>
    bootGateway({
      PATH,
      SHELLM_CODEX_BIN: bin!,
      SHELLM_PROVIDERS: 'codex',
      CODEX_API_KEY: 'sk-codex-test',
      SHELLM_CODEX_CONFIG: JSON.stringify({ openai_base_url: `${vendor.url}/v1` }),
      ...more,
    });
  const calls = (): MockOpenAi['requests'] => vendor.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/responses'));

  it('is given pictures, reasoning effort, tool results and odd texts as they are', async () => {
    const gateway = await boot();
    const png = 'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mP8z8BQz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC';
    const messages = [
      { role: 'user', content: '/init @/etc/passwd $skill !ls' },
      { role: 'assistant', content: null, tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }] },
      { role: 'tool', tool_call_id: 'c1', content: '42' },
      {
        role: 'user',
        content: [
          { type: 'text', text: ' /clear 😀 ' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } },
        ],
      },
    ];
    const { status } = await ask(gateway, '', { messages, reasoning_effort: 'low' });
    await gateway.close();
    expect(status).toBe(200);
    const [{ body }] = calls() as [MockOpenAi['requests'][number]];
    const words = JSON.stringify(body.input);
    for (const part of ['/init @/etc/passwd $skill !ls', '"function_call_output"', '42', ' /clear 😀 ', png]) expect(words).toContain(part);
    expect(words).not.toContain('root:');
    expect(body.reasoning?.effort).toBe('low');
  });

  it.each(['gpt-5.5', 'gpt-6-sol', 'gpt-of-tomorrow'])('is lean, whichever model it runs: %s', async (model) => {
    const gateway = await boot();
    const { headers } = await ask(gateway, 'hi', { model: `codex/${model}`, messages: [{ role: 'system', content: 'SYS' }, user('hi')] });
    await gateway.close();
    const [{ bytes, body }] = calls() as [MockOpenAi['requests'][number]];
    expect([headers.get('x-shellm-model'), body.model, body.tools ?? []]).toEqual([model, model, []]);
    expect(bytes).toBeLessThanOrEqual(3000);
    expect(JSON.stringify(body.input).match(/SYS/g)).toHaveLength(1);
  });

  it('holds nothing of the user but his login', async () => {
    const home = mkdtempSync(join(tmpdir(), 'codex-user-'));
    mkdirSync(join(home, '.codex/skills/x'), { recursive: true });
    writeFileSync(join(home, '.codex/config.toml'), 'developer_instructions = "CANARY-CONFIG"\n[mcp_servers.x]\ncommand = "touch"\nargs = ["CANARY-RAN"]\n');
    writeFileSync(join(home, '.codex/AGENTS.md'), 'CANARY-AGENTS');
    writeFileSync(join(home, '.codex/skills/x/SKILL.md'), '---\nname: x\ndescription: CANARY-SKILL\n---\n');
    const gateway = await boot({ HOME: home });
    expect((await ask(gateway, 'hi')).status).toBe(200);
    await gateway.close();
    rmSync(home, { recursive: true });
    expect(JSON.stringify(calls())).not.toContain('CANARY');
  });

  it('goes on in its thread with the whole history at the vendor', async () => {
    const gateway = await boot();
    const first = said(await ask(gateway, 'one'));
    const second = said(await ask(gateway, '', { messages: [user('one'), { role: 'assistant', content: first }, user('two')] }));
    await ask(gateway, '', { messages: [user('one'), { role: 'assistant', content: first }, user('two'), { role: 'assistant', content: second }, user('three')] });
    await gateway.close();
    const turns = calls()
      .at(-1)!
      .body.input.filter(({ role }) => role === 'user' || role === 'assistant');
    expect(turns).toHaveLength(5);
  });

  it('with the login of a subscription is one process that renews it, in the one file', async () => {
    const token = (expires: number): string =>
      `e30.${Buffer.from(JSON.stringify({ exp: expires, 'https://api.openai.com/auth': { chatgpt_plan_type: 'plus', chatgpt_account_id: 'a' } })).toString('base64url')}.x`;
    const now = Math.floor(Date.now() / 1000);
    const home = mkdtempSync(join(tmpdir(), 'codex-user-'));
    mkdirSync(join(home, '.codex'), { recursive: true });
    const file = join(home, '.codex/auth.json');
    const tokens = { id_token: token(now - 60), access_token: token(now - 60), refresh_token: 'rt-0', account_id: 'a' };
    writeFileSync(file, JSON.stringify({ auth_mode: 'chatgpt', OPENAI_API_KEY: null, tokens, last_refresh: new Date(Date.now() - 30 * 86_400_000).toISOString() }));
    const renewals: string[] = [];
    const { createServer } = await import('node:http');
    const authority = createServer((request, response) => {
      let body = '';
      request.on('data', (piece: Buffer) => (body += piece.toString()));
      request.on('end', () => {
        renewals.push((JSON.parse(body) as { refresh_token: string }).refresh_token);
        setTimeout(
          () =>
            response
              .writeHead(200, { 'content-type': 'application/json' })
              .end(JSON.stringify({ id_token: token(now + 3600), access_token: token(now + 3600), refresh_token: `rt-${renewals.length}` })),
          300,
        );
      });
    });
    await new Promise<void>((listening) => authority.listen(0, '127.0.0.1', listening));
    const { port } = authority.address() as { port: number };
    const gateway = await boot({
      ...{
        HOME: home,
        CODEX_API_KEY: '',
        SHELLM_MAX_CONCURRENT: '4',
        SHELLM_CODEX_ENV: 'CODEX_REFRESH_TOKEN_URL_OVERRIDE',
        CODEX_REFRESH_TOKEN_URL_OVERRIDE: `http://127.0.0.1:${port}/oauth/token`,
      },
      SHELLM_CODEX_CONFIG: JSON.stringify({ openai_base_url: `${vendor.url}/v1`, chatgpt_base_url: `${vendor.url}/backend` }),
    });
    const answers = await Promise.all([1, 2, 3, 4].map((number) => ask(gateway, `turn ${number}`)));
    const { body } = await call(`${gateway.url}/health`);
    await gateway.close();
    authority.close();
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(body.providers.codex).toMatchObject({ status: 'ready', auth: 'subscription' });
    expect(renewals).toEqual(['rt-0']);
    expect((JSON.parse(readFileSync(file, 'utf8')) as { tokens: { refresh_token: string } }).tokens.refresh_token).toBe('rt-1');
    rmSync(home, { recursive: true });
  });
});
