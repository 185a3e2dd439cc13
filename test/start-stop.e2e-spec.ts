import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './support/eventually.js';
import { processesOf } from './support/processes.js';
import { type CommandRun, runShellm } from './support/run-shellm.js';
import { spawnGateway } from './support/spawn-gateway.js';

interface Status {
  readonly url: string;
  readonly pid: number;
  readonly [field: string]: unknown;
}

describe('the server in the background', () => {
  jest.setTimeout(30_000);
  let folder: string;
  const run = (args: string, env: Record<string, string> = {}): Promise<CommandRun> =>
    runShellm(args.split(' '), { folder, env: { SHELLM_PORT: '0', SHELLM_PROVIDERS: 'demo', SHELLM_RPM: '0', ...env } });
  const status = async (): Promise<Status> => JSON.parse((await run('status --json')).stdout) as Status;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'start-'));
  });
  afterEach(async () => {
    await run('stop --force');
    await eventually(() => processesOf(folder).length === 0, 5000);
    rmSync(folder, { recursive: true });
  });

  it('starts, tells how it is, starts again with its settings, and stops', async () => {
    expect(await run('status')).toEqual({ code: 3, stdout: 'not running\n', stderr: '' });
    const started = await run('start', { LOG_LEVEL: 'debug' });
    expect([started.code, started.stderr]).toEqual([0, '']);
    const [, url] = /^SheLLM \S+ is running at (http:\S+) \(pid \d+\)\nlog: \S+logs\/shellm\.log\n$/.exec(started.stdout) ?? [];
    const now = await status();
    expect(now).toMatchObject({
      running: true,
      status: 'ready',
      url,
      background: true,
      version: expect.any(String),
      providers: { demo: { status: 'ready' } },
      capacity: { active: 0 },
    });
    expect(now['memory_bytes']).toBeGreaterThan(10e6);
    expect((await run('status')).stdout).toMatch(/^SheLLM \S+ at \S+: ready\npid \d+, up .*, \d+ MB\nturns: 0 of 2, waiting: 0 of 10, warm: \d\n\n✓ {2}demo {2}ready\n$/);
    for (const file of ['shellm.pid', 'logs/shellm.log']) expect([file, statSync(join(folder, file)).mode & 0o777]).toEqual([file, 0o600]);

    expect(await run('start')).toEqual({ code: 1, stdout: '', stderr: `shellm: already running at ${url!} (pid ${now.pid})\n` });
    const again = await run('restart');
    expect([again.code, again.stdout]).toEqual([0, expect.stringMatching(new RegExp(`^stopped \\(pid ${now.pid}\\)\nSheLLM .* is running at`))]);
    // At the level of the first start, which is set no more.
    const { pid } = await status();
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).toContain('LOG_LEVEL=debug\0');

    expect(await run('stop')).toEqual({ code: 0, stdout: `stopped (pid ${pid})\n`, stderr: '' });
    expect(await run('stop')).toEqual({ code: 0, stdout: 'not running\n', stderr: '' });
    expect(existsSync(join(folder, 'shellm.pid'))).toBe(false);
  });

  it('says in one line why it does not start', async () => {
    const gateway = await spawnGateway();
    try {
      const taken = await run('start', { SHELLM_PORT: new URL(gateway.url).port });
      expect([taken.code, taken.stdout, taken.stderr]).toEqual([1, '', expect.stringMatching(/^shellm: SHELLM_PORT: it is in use[^\n]+\n$/)]);
    } finally {
      await gateway.dispose();
    }
    expect(await run('start', { SHELLM_PORT: 'http' })).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(/^shellm: SHELLM_PORT: [^\n]+\n$/) });
    expect((await run('status')).code).toBe(3);
  });

  it('takes a server that was killed for none', async () => {
    await run('start');
    const { pid } = await status();
    process.kill(pid, 'SIGKILL');
    await eventually(() => !existsSync(`/proc/${pid}/exe`));
    expect((await run('status')).code).toBe(3);
    // What it left names a process that lives, and began at another time.
    writeFileSync(join(folder, 'shellm.pid'), readFileSync(join(folder, 'shellm.pid'), 'utf8').replace(`"pid":${pid}`, `"pid":${process.pid}`));
    expect((await run('stop')).stdout).toBe('not running\n');
    expect((await run('start')).code).toBe(0);
    expect((await status()).pid).not.toBe(pid);
  });

  it('is started once by two that start it at once', async () => {
    const [one, other] = await Promise.all([run('start'), run('start')]);
    const [failed, started] = one.code === 0 ? [other, one] : [one, other];
    expect([started.code, failed.code]).toEqual([0, 1]);
    expect(failed.stderr).toBe(`shellm: already running at ${(await status()).url} (pid ${(await status()).pid})\n`);
  });

  it('lets running answers finish when it is stopped, up to its grace time', async () => {
    const ask = async (words: string): Promise<string> => {
      const body = JSON.stringify({ model: 'demo', stream: true, messages: [{ role: 'user', content: `[[demo ${words}]]` }] });
      const answer = await fetch(`${(await status()).url}/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      return answer.text();
    };
    const busy = async (): Promise<boolean> => ((await status())['capacity'] as { active: number }).active === 1;
    await run('start');
    const finished = ask('words=15 delay=100');
    await eventually(busy);
    expect((await run('stop')).stdout).toMatch(/^stopped/);
    expect(await finished).toMatch(/word15.*\[DONE\]\n\n$/s);

    await run('start', { SHELLM_SHUTDOWN_GRACE_MS: '300' });
    const cut = ask('words=2 hang=1');
    await eventually(busy);
    expect((await run('stop')).stdout).toMatch(/^stopped/);
    expect(await cut).toContain('"shutting_down"');
  });

  it('is not restarted where something else started it, and a second one on its data folder is told so', async () => {
    const gateway = await spawnGateway({ SHELLM_DATA_DIR: folder });
    expect(await status()).toMatchObject({ url: gateway.url, background: false });
    expect(await run('restart')).toMatchObject({ code: 1, stderr: expect.stringMatching(/^shellm: the server \(pid \d+\) was not started by `shellm start`[^\n]+\n$/) });
    const second = await spawnGateway({ SHELLM_DATA_DIR: folder });
    await eventually(() => second.output().includes('another gateway uses this data folder'));
    second.process.kill('SIGTERM');
    expect(await second.exited).toBe(0);
    expect((await status()).url).toBe(gateway.url);
    expect((await run('stop')).code).toBe(0);
    expect(await gateway.exited).toBe(0);
  });
});
