import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IsolationSettings } from '../src/process-pool/isolation-settings.js';
import { type LaunchSpec } from '../src/process-pool/launch-spec.js';
import { PoolSettings } from '../src/process-pool/pool-settings.js';
import { ProcessPool } from '../src/process-pool/process-pool.js';
import { Sandbox } from '../src/process-pool/sandbox.js';
import { ServerSettings } from '../src/config/server-settings.js';
import { silentLog } from '../src/observability/log.js';
import { eventually, isRunning, nextLine } from './fake-cli/pool-fixture.js';

const never = new AbortController().signal;
let why = '';
const works = Sandbox.open('auto', undefined, (problem) => (why = problem)) !== undefined;
if (!works) process.stderr.write(`SKIPPED: the specs of SHELLM_SANDBOX; ${why}.\n`);

describe('SHELLM_SANDBOX', () => {
  it('off: none', () => {
    expect(Sandbox.open('off', undefined)).toBeUndefined();
  });

  (works ? it.skip : it)('refuses to start where it must be and does not work', () => {
    expect(() => Sandbox.open('on', undefined)).toThrow(/^SHELLM_SANDBOX: bubblewrap/);
  });
});

(works ? describe : describe.skip)('a program in the sandbox', () => {
  let root: string;
  let home: string;
  let dataDir: string;
  let pool: ProcessPool;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'sandbox-'));
    home = join(root, 'home');
    // The default: the data folder lies in the home.
    dataDir = join(home, '.local/share/shellm');
    mkdirSync(join(home, '.cli/private'), { recursive: true });
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    writeFileSync(join(dataDir, 'key-secret'), 'CANARY-5150 of the gateway');
    writeFileSync(join(home, 'diary'), 'CANARY-5150 of the user');
    writeFileSync(join(home, '.cli/login'), 'login');
    writeFileSync(join(home, '.cli/private/history'), 'CANARY-5150 of the past');
    writeFileSync(join(root, 'elsewhere'), 'CANARY-5150 of the machine');
    pool = new ProcessPool(new PoolSettings(), dataDir, silentLog, new ServerSettings(), Object.assign(new IsolationSettings(), { sandbox: 'on' }));
  });
  afterAll(async () => {
    await pool.drain();
    expect(readdirSync(join(dataDir, 'run'))).toEqual([]);
    rmSync(root, { recursive: true });
  });
  const shell = (script: string, more: Partial<LaunchSpec> = {}): LaunchSpec => ({
    name: 'Fake CLI',
    command: '/bin/sh',
    args: ['-c', script],
    env: pool.isolation.environment({ PATH: process.env['PATH'], HOME: home }, []),
    ...more,
  });
  /** What it says to a question, in one line. */
  async function asked(script: string, more: Partial<LaunchSpec> = {}): Promise<string> {
    const child = await pool.exclusive(shell(`echo "$(${script})"; exec cat`, more), { warm: 0 }).take(never);
    const line = await nextLine(child);
    await child.end('finished', { gentle: false });
    return line;
  }

  it('reads no file of the gateway, of the user or of another folder', async () => {
    for (const secret of [join(dataDir, 'key-secret'), join(home, 'diary'), join(root, 'elsewhere'), '/etc/shadow']) {
      expect(existsSync(secret)).toBe(true);
      expect(await asked(`cat ${secret} 2>&1 | tr '\\n' ' '`)).toMatch(/No such file|Permission denied/);
    }
    expect(await asked(`grep -rsl CANARY-5150 ${root} /tmp /home /root /var /srv /opt | head -1 | wc -l`)).toBe('0');
  });

  it('has its own folders and a home to write to, and nothing else', async () => {
    expect(await asked('echo made >$PWD/file && echo made >$TMPDIR/file && echo made >$HOME/file && cat $PWD/file $TMPDIR/file $HOME/file | tr "\\n" " "')).toBe('made made made ');
    expect(existsSync(join(home, 'file'))).toBe(false);
    for (const path of ['/usr/bin/x', '/etc/x', '/x', '$PWD/../leader'])
      expect(await asked(`echo made 2>&1 >${path} | tr "\\n" " "; touch ${path} 2>&1 | tr "\\n" " "`)).toMatch(/Read-only|ermission/);
  });

  it('sees the files that it needs, and may renew its login', async () => {
    const files = { write: [join(home, '.cli'), join(home, 'not-there')], read: [join(root, 'elsewhere')], hide: [join(home, '.cli/private'), join(home, '.cli/nothing')] };
    expect(await asked(`cat ${home}/.cli/login ${root}/elsewhere | tr '\\n' ' '; echo renewed >${home}/.cli/login; ls ${home}/.cli/private | wc -l`, { files })).toBe(
      'loginCANARY-5150 of the machine0',
    );
    expect(await asked(`cat ${home}/.cli/login`, { files })).toBe('renewed');
  });

  it('sees no process but its own, and has no privileges', async () => {
    expect(await asked(`ls /proc | grep -c '^[0-9]*$'`).then(Number)).toBeLessThan(10);
    expect(await asked(`kill -0 ${process.pid} 2>&1 | grep -ci 'no such process'`)).toBe('1');
    expect(await asked('grep CapEff /proc/self/status')).toMatch(/0000000000000000$/);
    expect(await asked('grep NoNewPrivs /proc/self/status')).toMatch(/1$/);
  });

  it('has the network', async () => {
    expect(await asked('cat /proc/net/dev | grep -c lo:')).toBe('1');
  });

  it('ends with all that it started', async () => {
    const child = await pool.exclusive(shell("trap '' TERM; setsid sleep 61 & sleep 62 & echo ready; wait; sleep 63"), { warm: 0 }).take(never);
    expect(await nextLine(child)).toBe('ready');
    const mine = (): string[] => readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isOf(name, child.folder.tmp));
    expect(mine().length).toBeGreaterThanOrEqual(3);
    await child.end('cancelled');
    expect(isRunning(child.pid)).toBe(false);
    expect(await eventually(() => mine().length === 0)).toBe(true);
    expect(existsSync(child.folder.work)).toBe(false);
  });

  it('tells how much memory it holds, sandbox or not', async () => {
    const child = await pool.exclusive(shell('echo ready; exec cat'), { warm: 0 }).take(never);
    expect(await nextLine(child)).toBe('ready');
    expect(child.residentMemory()).toBeGreaterThan(1_000_000);
    await child.end('finished', { gentle: false });
  });
});

function isOf(pid: string, tmp: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`TMPDIR=${tmp}`);
  } catch {
    return false;
  }
}
