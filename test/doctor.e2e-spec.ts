import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { testedVersions } from '../src/providers/minimum-versions.js';
import { findInstalledCli } from './support/installed-cli.js';
import { type CommandRun, runShellm } from './support/run-shellm.js';
import { spawnGateway } from './support/spawn-gateway.js';

const fakes = resolve(import.meta.dirname, '../selftest');
const SECRETS = { key: 'sk-change-me-canary-1', access: 'canary-access-2', refresh: 'canary-refresh-3', google: 'canary-google-4', account: 'ann@canary.example' };

type State = 'ok' | 'note' | 'warning' | 'fault';
interface Told {
  readonly id: string;
  readonly state: State;
  readonly detail: string;
  readonly fix?: string;
}

describe('shellm doctor', () => {
  const folders: string[] = [];
  const servers: Server[] = [];
  /** Milliseconds that its clock is ahead. */
  let ahead = 0;
  let vendor: string;

  beforeAll(async () => {
    vendor = `http://127.0.0.1:${await listen((_, reply) => reply.writeHead(404, { date: new Date(Date.now() + ahead).toUTCString() }).end())}`;
  });
  afterAll(() => {
    for (const server of servers) server.close();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  async function listen(answer: Parameters<typeof createServer>[1]): Promise<number> {
    const server = createServer(answer as never);
    servers.push(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return (server.address() as AddressInfo).port;
  }

  /** A home of somebody who is logged in everywhere. */
  function newHome(): string {
    const home = mkdtempSync(join(tmpdir(), 'doctor-'));
    folders.push(home);
    chmodSync(home, 0o700);
    const later = Date.now() + 5 * 3_600_000;
    const jwt = `e30.${Buffer.from(JSON.stringify({ exp: later / 1000, email: SECRETS.account })).toString('base64url')}.x`;
    write(join(home, '.claude/.credentials.json'), { claudeAiOauth: { accessToken: SECRETS.access, refreshToken: SECRETS.refresh, expiresAt: later } });
    write(join(home, '.codex/auth.json'), { tokens: { access_token: jwt, refresh_token: SECRETS.refresh }, last_refresh: new Date().toISOString() });
    write(join(home, '.gemini/oauth_creds.json'), { access_token: SECRETS.access, refresh_token: SECRETS.refresh, expiry_date: later });
    return home;
  }

  function write(file: string, content: object | string, mode = 0o600): string {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content), { mode });
    return file;
  }

  const cliEnvironment = (): Record<string, string> => ({
    PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
    SHELLM_CLAUDE_BIN: join(fakes, 'fake-claude.mjs'),
    SHELLM_CODEX_BIN: join(fakes, 'fake-codex.mjs'),
    SHELLM_GEMINI_BIN: join(fakes, 'fake-gemini.mjs'),
    ANTHROPIC_BASE_URL: vendor,
    GOOGLE_GEMINI_BASE_URL: vendor,
    SHELLM_CODEX_CONFIG: JSON.stringify({ chatgpt_base_url: vendor }),
    // Of the machine that runs the tests nobody knows how much it has.
    SHELLM_PORT: '0',
  });

  async function doctor(folder: string, env: Record<string, string>, ...args: string[]): Promise<CommandRun & { readonly ok: boolean; readonly told: Map<string, Told> }> {
    const run = await runShellm(['doctor', '--json', ...args], { folder, env });
    for (const secret of Object.values(SECRETS)) expect(run.stdout + run.stderr).not.toContain(secret);
    const { ok, checks } = JSON.parse(run.stdout) as { ok: boolean; checks: Told[] };
    return { ...run, ok, told: new Map(checks.map((check) => [check.id, check])) };
  }

  it('finds nothing where all is well, and leaves nothing behind', async () => {
    const home = newHome();
    const { code, ok, told } = await doctor(home, cliEnvironment());
    expect([...told.values()].filter(({ state }) => state === 'fault')).toEqual([]);
    expect([code, ok]).toEqual([0, true]);
    for (const id of ['claude', 'gemini', 'codex']) {
      expect([id, told.get(`${id}-login`), told.get(`${id}-login-file`)?.state]).toEqual([
        id,
        expect.objectContaining({ state: 'ok', detail: expect.stringContaining('valid for 5 h') }),
        'ok',
      ]);
      expect(told.get(`network:${id}`)).toMatchObject({ state: 'ok' });
    }
    expect(told.get('providers')).toMatchObject({ state: 'ok', detail: 'claude, gemini, codex' });
    expect(told.get('clock')).toMatchObject({ state: 'ok' });
    expect(told.get('data-folder')).toMatchObject({ state: 'ok' });
  });

  it('tells every value that is wrong, and who has the port', async () => {
    const home = newHome();
    const port = await listen((_, reply) => reply.end('something else'));
    write(join(home, '.env'), 'SHELLM_QUEUE_DEPTH=many\n', 0o644);
    write(join(home, 'shellm.config.yaml'), 'aliases: [1]\n');
    write(join(home, 'shellm.db'), 'no database at all, for longer than its head: '.repeat(20));
    const { code, ok, told } = await doctor(
      home,
      {
        SHELLM_PORT: String(port),
        SHELLM_MAX_CONCURRENT: '0',
        SHELLM_PROVIDRES: 'claude',
        SHELLM_CLIENTS: JSON.stringify({ billing: { key: SECRETS.key } }),
        REDIS_URL: 'redis://user:canary-access-2@127.0.0.1:9/0',
        NODE_EXTRA_CA_CERTS: join(home, 'no-such.pem'),
      },
      '--offline',
    );
    expect([code, ok]).toEqual([1, false]);
    expect(told.get('configuration:SHELLM_QUEUE_DEPTH')).toMatchObject({ state: 'fault' });
    expect(told.get('configuration:SHELLM_MAX_CONCURRENT')).toMatchObject({ state: 'fault' });
    expect(told.get('configuration:shellm.config.yaml')).toMatchObject({ state: 'fault', detail: expect.stringContaining('aliases'), fix: 'correct it in shellm.config.yaml' });
    expect(told.get('variables:SHELLM_PROVIDRES')).toMatchObject({ state: 'warning', fix: expect.stringContaining('SHELLM_PROVIDERS') });
    expect(told.get('port')).toMatchObject({ state: 'fault', detail: expect.stringContaining(`process ${process.pid}`) });
    expect(told.get('environment-file')).toMatchObject({ state: 'warning', fix: `chmod 600 ${join(home, '.env')}` });
    expect(told.get('database')).toMatchObject({ state: 'fault', detail: expect.stringContaining('is no SQLite database') });
    expect(told.get('redis')).toMatchObject({ state: 'fault', detail: expect.stringContaining('ECONNREFUSED') });
    expect(told.get('certificates')).toMatchObject({ state: 'fault', detail: expect.stringContaining('ENOENT') });
    expect(told.get('weak-keys:billing')).toMatchObject({ state: 'warning' });
  });

  it('tells what is wrong with the CLIs, their logins and the way to their vendors', async () => {
    const home = newHome();
    ahead = 3_600_000;
    chmodSync(home, 0o755);
    chmodSync(join(home, '.codex/auth.json'), 0o644);
    const loggedOut = 'if [ "$1" = --version ]; then echo "9.0.0 (Claude Code)"; else echo \'{"loggedIn":false,"authMethod":"none"}\'; fi';
    const { code, told } = await doctor(home, {
      ...cliEnvironment(),
      SHELLM_HOST: '0.0.0.0',
      SHELLM_CLAUDE_BIN: write(join(home, 'claude'), `#!/bin/sh\n${loggedOut}\n`, 0o700),
      SHELLM_CODEX_ENV: 'FAKE_CODEX_VERSION',
      FAKE_CODEX_VERSION: '0.100.0',
      GEMINI_API_KEY: SECRETS.google,
      GOOGLE_GEMINI_BASE_URL: 'http://127.0.0.1:9',
    });
    ahead = 0;
    expect(code).toBe(1);
    expect(told.get('claude')).toMatchObject({ state: 'note', detail: expect.stringContaining('newer than') });
    expect(told.get('claude-login')).toMatchObject({ state: 'fault', fix: 'claude, then /login' });
    expect(told.get('codex')).toMatchObject({ state: 'fault', detail: expect.stringContaining('too old'), fix: expect.stringContaining('npm install -g @openai/codex') });
    expect(told.get('codex-login-file')).toMatchObject({ state: 'warning', fix: `chmod 600 ${join(home, '.codex/auth.json')}` });
    expect(told.get('gemini-login')).toMatchObject({ state: 'warning', fix: expect.stringContaining('unset GEMINI_API_KEY') });
    expect(told.get('network:gemini')).toMatchObject({ state: 'fault', detail: expect.stringContaining('GOOGLE_GEMINI_BASE_URL') });
    expect(told.get('clock')).toMatchObject({ state: 'fault', detail: expect.stringMatching(/^3\d{3} s behind/) });
    expect(told.get('data-folder')).toMatchObject({ state: 'warning', fix: `chmod 700 ${home}` });
    expect(told.get('exposure')).toMatchObject({ state: 'fault', fix: 'shellm keys create NAME' });
  });

  it('tells our own gateway from another one', async () => {
    const gateway = await spawnGateway({ SHELLM_PROVIDERS: 'demo' });
    try {
      const SHELLM_PORT = new URL(gateway.url).port;
      const [own, other] = await Promise.all([doctor(gateway.dataDir, { SHELLM_PORT }, '--offline'), doctor(newHome(), { SHELLM_PORT }, '--offline')]);
      expect(own.told.get('port')).toMatchObject({ state: 'ok', detail: expect.stringContaining(`process ${gateway.process.pid ?? ''}`) });
      expect(other.told.get('port')).toMatchObject({ state: 'fault', detail: expect.stringContaining('another data folder') });
    } finally {
      await gateway.dispose();
    }
  });

  const real = (['claude', 'gemini', 'codex'] as const).flatMap((id) => {
    const file = findInstalledCli(id);
    return file === undefined ? [] : [[id, file] as const];
  });
  (real.length > 0 ? it : it.skip)('knows the real CLIs, and that nobody is logged in', async () => {
    const home = mkdtempSync(join(tmpdir(), 'doctor-'));
    folders.push(home);
    const { told } = await doctor(
      home,
      { PATH: cliEnvironment()['PATH']!, ...Object.fromEntries(real.map(([id, file]) => [`SHELLM_${id.toUpperCase()}_BIN`, file])) },
      '--offline',
    );
    for (const [id] of real) {
      expect([id, told.get(id)]).toEqual([id, expect.objectContaining({ state: 'ok', detail: expect.stringContaining(testedVersions[id]) })]);
      expect([id, told.get(`${id}-login`)?.state]).toEqual([id, 'fault']);
    }
  });
});
