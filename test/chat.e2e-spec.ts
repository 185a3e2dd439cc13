import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { call } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { type CommandRun, endOfShellm, runShellm, startShellm } from './support/run-shellm.js';
import { spawnGateway, type SpawnedGateway } from './support/spawn-gateway.js';

const key = 'sk-of-the-chat-test-4711';

describe('shellm chat', () => {
  let gateway: SpawnedGateway;
  let other: Server;
  /** What a program that is no gateway of ours was shown. */
  const shown: string[] = [];
  let empty: string;
  beforeAll(async () => {
    gateway = await spawnGateway({ SHELLM_PROVIDERS: 'demo', SHELLM_CLIENTS: JSON.stringify({ ann: { key } }) });
    other = createServer((request, reply) => {
      shown.push(request.headers.authorization ?? '');
      if (request.url === '/v1/models') reply.end('{"data":[{"id":"x/y","owned_by":"x"}]}');
      else reply.end('data: {"choices":[{"delta":{"content":"half an \\u001b[31manswer"}}]}\n\n');
    }).listen(0, '127.0.0.1');
    await once(other, 'listening');
    empty = mkdtempSync(join(tmpdir(), 'chat-'));
  });
  afterAll(async () => {
    await gateway.dispose();
    other.close();
    rmSync(empty, { recursive: true });
  });
  const run = (args: readonly string[], options: { env?: Record<string, string>; input?: string; terminal?: boolean; folder?: string } = {}): Promise<CommandRun> =>
    runShellm(['chat', ...args], { folder: gateway.dataDir, ...options });

  it('tells the answer, by the data folder alone, with what was piped in below the prompt', async () => {
    const [asked, piped, both, dash] = await Promise.all([
      run(['Hello there']),
      run([], { input: 'Bonjour' }),
      run(['Translate'], { input: 'Bonjour' }),
      run(['-', '-m', 'demo'], { input: 'Salut' }),
    ]);
    expect(asked).toEqual({ code: 0, stdout: expect.stringMatching(/You said: "Hello there".*\n$/), stderr: '' });
    expect(piped).toMatchObject({ code: 0, stdout: expect.stringContaining('You said: "Bonjour"') });
    expect(both).toMatchObject({ code: 0, stdout: expect.stringMatching(/You said: "Translate\s+Bonjour"/) });
    expect(dash).toMatchObject({ code: 0, stdout: expect.stringContaining('You said: "Salut"') });
  });

  it('asks with SHELLM_API_KEY, where there is one, and is told of in usage by name', async () => {
    const { code, stdout } = await run(['Hello', '--json', '-s', 'Be brief'], { env: { SHELLM_API_KEY: key } });
    expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ object: 'chat.completion' })]);
    expect((await run(['Hello'], { env: { SHELLM_API_KEY: 'sk-wrong' } })).stderr).toMatch(/^shellm: [^\n]*Check SHELLM_API_KEY\.\n$/);
    const usage = await runShellm(['usage', '--by', 'client', '--json'], { folder: gateway.dataDir });
    expect(JSON.parse(usage.stdout)).toEqual(expect.arrayContaining([expect.objectContaining({ client: 'ann' }), expect.objectContaining({ client: 'local' })]));
  });

  it('says in one line what is wrong, and exits 1', async () => {
    const [model, none, away, nothing] = await Promise.all([
      run(['Hello', '-m', 'claude']),
      run(['Hello'], { folder: empty }),
      run(['Hello', '--url', 'http://127.0.0.1:9']),
      run([], { input: ' ' }),
    ]);
    expect(model).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^shellm: [^\n]+\n$/) });
    expect(none).toEqual({ code: 1, stdout: '', stderr: 'shellm: no gateway runs here; `shellm start` starts one, --url names another\n' });
    expect(away).toMatchObject({ code: 1, stderr: expect.stringMatching(/^shellm: no gateway answers at http:\/\/127\.0\.0\.1:9 [^\n]+\n$/) });
    expect(nothing.code).toBe(2);
  });

  it('lets go of the turn at Ctrl-C', async () => {
    const child = startShellm(['chat', '[[demo words=500 delay=20]]'], { folder: gateway.dataDir });
    const ended = once(child, 'exit');
    await once(child.stdout!, 'data');
    child.kill('SIGINT');
    expect((await ended)[0]).toBe(130);
    await eventually(async () => (await call(`${gateway.url}/health`)).body.capacity.active === 0);
  });

  it('shows no pass to a program that is not the gateway of the data folder, and tells that its answer broke off', async () => {
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const { code, stdout, stderr } = await run(['Hello', '--url', url]);
    expect([code, stdout, stderr]).toEqual([1, 'half an \u001b[31manswer', 'shellm: the answer broke off\n']);
    expect(shown).toEqual(['', '']);
    // What an answer says is no order to the terminal.
    expect((await run(['Hello', '--url', url], { terminal: true })).stdout).not.toContain('\u001b[31manswer');
  });

  it('goes on on a terminal, and keeps what was said', async () => {
    const child = startShellm(['chat'], { folder: gateway.dataDir, terminal: true, input: null });
    const ended = endOfShellm(child);
    let screen = '';
    child.stdout!.on('data', (piece: Buffer) => (screen += piece.toString()));
    await eventually(() => screen.includes('/exit'));
    child.stdin!.write('first words\n');
    await eventually(() => screen.includes('You said: "first words"'));
    child.stdin!.write('/new\n/exit\n');
    expect((await ended).code).toBe(0);
  });

  it('has a sister, `shellm providers`, that asks the gateway, or looks itself', async () => {
    const fake = resolve(import.meta.dirname, '../selftest/fake-codex.mjs');
    const [asked, looked, text] = await Promise.all([
      runShellm(['providers', '--json'], { folder: gateway.dataDir }),
      runShellm(['providers', '--json'], { folder: empty, env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, SHELLM_CODEX_BIN: fake } }),
      runShellm(['providers'], { folder: gateway.dataDir }),
    ]);
    expect(JSON.parse(asked.stdout)).toEqual({ source: 'gateway', data: [expect.objectContaining({ id: 'demo', status: 'ready', models: expect.any(Number) })] });
    const { source, data } = JSON.parse(looked.stdout);
    expect([source, data]).toEqual([
      'machine',
      [expect.objectContaining({ id: 'codex', version: '0.169.0', status: 'unavailable', detail: expect.stringContaining('codex login') })],
    ]);
    expect(text).toMatchObject({ code: 0, stdout: expect.stringMatching(/provider +version +models +limits +state\n.*✓ +demo/) });
  });
});
