import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
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

  it('starts once though it is started twice, tells how it is, starts again with its settings, and stops', async () => {
    expect(await run('status')).toEqual({ code: 3, stdout: 'not running\n', stderr: '' });
    const both = await Promise.all([run('start', { LOG_LEVEL: 'debug' }), run('start', { LOG_LEVEL: 'debug' })]);
    const [started, refused] = both[0].code === 0 ? both : both.toReversed();
    if (!started || !refused) throw new Error('there are two');
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

    expect(refused).toEqual({ code: 1, stdout: '', stderr: `shellm: already running at ${url!} (pid ${now.pid})\n` });
    expect(await run('start')).toEqual(refused);
    const again = await run('restart');
    expect([again.code, again.stdout]).toEqual([0, expect.stringMatching(new RegExp(`^stopped \\(pid ${now.pid}\\)\nSheLLM .* is running at`))]);
    // At the level of the first start, which is set no more.
    const { pid } = await status();
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).toContain('LOG_LEVEL=debug\0');

    expect(await run('stop')).toEqual({ code: 0, stdout: `stopped (pid ${pid})\n`, stderr: '' });
    expect(await run('stop')).toEqual({ code: 0, stdout: 'not running\n', stderr: '' });
    expect(existsSync(join(folder, 'shellm.pid'))).toBe(false);
    // For the next start: one folder, by the version of Node, with a file for each module.
    const [compiled, ...others] = readdirSync(join(folder, 'compiled'));
    expect([readdirSync(join(folder, 'compiled', compiled!)).length > 10, others]).toEqual([true, []]);
  });

  it('says in one line why it does not start', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const taken = await run('start', { SHELLM_PORT: String((other.address() as AddressInfo).port) });
    other.close();
    expect([taken.code, taken.stdout, taken.stderr]).toEqual([1, '', expect.stringMatching(/^shellm: SHELLM_PORT: it is in use[^\n]+\n$/)]);
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

  it('lets a running answer finish when it is stopped', async () => {
    await run('start');
    const { url } = await status();
    const body = JSON.stringify({ model: 'demo', stream: true, messages: [{ role: 'user', content: '[[demo words=15 delay=100]]' }] });
    const answer = fetch(`${url}/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body }).then((response) => response.text());
    await eventually(async () => ((await (await fetch(`${url}/health`)).json()) as { capacity: { active: number } }).capacity.active === 1);
    expect((await run('stop')).stdout).toMatch(/^stopped/);
    expect(await answer).toMatch(/word15.*\[DONE\]\n\n$/s);
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
