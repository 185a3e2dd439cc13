import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Children } from './children.js';
import { type LaunchedProgram } from './launched-program.js';
import { type Launch } from './launch.js';
import { Launcher } from './launcher.js';
import { Watchdog } from './watchdog.js';
import { childrenOf, command, eventually, hearAll, isRunning } from '../../test/fake-cli/pool-fixture.js';

/** Debian's own, and those of other systems where they are here. */
const shells = [['/bin/sh'], ['/bin/bash'], ['/bin/busybox', 'sh']] as const;
const onLinux = Launcher.usable() ? describe : describe.skip;

onLinux.each(shells.filter(([program]) => existsSync(program)).map((shell) => ({ shell })))('Launcher by $shell', ({ shell }) => {
  let folder: string;
  let watchdog: Watchdog;
  let launcher: Launcher;
  const env = { PATH: '/usr/bin:/bin' };
  const ends = new WeakMap<LaunchedProgram, Promise<unknown>>();
  const launch = async (what: Partial<Launch>): Promise<LaunchedProgram> => {
    const program = await launcher.launch({ command: '/bin/sh', args: [], env, cwd: folder, ...what });
    if (!program) throw new Error('it did not start');
    return program;
  };
  const sh = async (script: string, variables: Readonly<Record<string, string>> = {}): Promise<LaunchedProgram> => {
    const program = await launch({ args: ['-c', script], env: { ...env, ...variables } });
    const exit = once(program, 'exit');
    ends.set(
      program,
      exit.then(() => [program.exitCode, program.signalCode]),
    );
    return program;
  };
  const gone = (...programs: LaunchedProgram[]): Promise<unknown> => Promise.all(programs.map(async (program) => ends.get(program)));

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'launcher-'));
    watchdog = new Watchdog();
    launcher = new Launcher({ folder: () => folder, watchdog, shell, lookMs: 50 });
  });
  afterEach(async () => {
    await launcher.stop();
    await watchdog.stop();
    await rm(folder, { recursive: true });
  });

  it('hands arguments, variables and the work folder on as they are, and nothing else', async () => {
    const strange = ["it's", '', ' a\tb\nc\\n ', '$HOME `id` $(id) "x" *', '-n', '~', `${String.fromCodePoint(...Array.from({ length: 0x17f }, (_, at) => at + 1))} 😀`];
    const variables = { A: strange.join('|'), PATH: '/usr/bin:/bin', lower_case: "'" };
    const script = 'console.log(JSON.stringify([process.argv.slice(1), process.env, process.cwd(), require("fs").readdirSync("/proc/self/fd").length]))';
    const run = async (): Promise<unknown> => {
      const program = await launch({ command: process.execPath, args: ['-e', script, '--', ...strange], env: variables });
      return JSON.parse(await text(program.stdout));
    };
    const [args, seen, cwd] = (await run()) as [string[], Record<string, string>, string];
    delete seen['_']; // where the shell is bash
    delete seen['SHLVL'];
    expect([args, seen, cwd]).toEqual([strange, variables, folder]);
  });

  it('gives a program its own ends of its pipes alone', async () => {
    const others = await Promise.all([sh('cat'), sh('cat')]);
    const program = await sh('ls -l /proc/$$/fd; echo to stderr >&2');
    const closed = once(program, 'close');
    const [listed, said] = await Promise.all([text(program.stdout), text(program.stderr)]);
    await closed;
    expect([...listed.matchAll(/ (\d+) -> (?:socket:|.*\/launcher-)/g)].map(([, fd]) => fd)).toEqual(['0', '1', '2']);
    expect(said).toBe('to stderr\n');
    for (const { stdin } of others) stdin.end();
    expect(await gone(...others)).toEqual([
      [0, null],
      [0, null],
    ]);
  });

  it('tells how each ended', async () => {
    const [code, signal, late] = await Promise.all([sh('exit 7'), sh('kill -9 $$'), sh('read -r line; exit "$line"')]);
    late.stdin.write('9\n');
    expect(await gone(code, signal, late)).toEqual([
      [7, null],
      [null, 'SIGKILL'],
      [9, null],
    ]);
  });

  it('has a group of its own for each, from the first moment', async () => {
    const program = await sh('sleep 60 & wait');
    expect(process.kill(-program.pid, 'SIGKILL')).toBe(true);
    expect(await gone(program)).toEqual([[null, 'SIGKILL']]);
  });

  it('leaves no pipe with a name, no process and no zombie behind', async () => {
    const programs = await Promise.all(Array.from({ length: 20 }, () => sh('exit 0')));
    await gone(...programs);
    const shell = launcherPid();
    expect(await eventually(() => childrenOf(shell).length === 0)).toBe(true);
    const named = new Set((await readdir(folder)).map((name) => Number(name.split('.')[0])));
    expect([...named].every((id) => id > 20)).toBe(true);
  });

  it('keeps the variables of one from the next, and ignores no signal in any', async () => {
    const script = 'env; grep -E "Sig(Ign|Blk)" /proc/self/status';
    const first = await sh(script, { SECRET: 'hush' });
    expect(await text(first.stdout)).toContain('SECRET=hush\n');
    const second = await text((await sh(script)).stdout);
    expect(second).not.toContain('hush');
    expect(second).toMatch(/SigBlk:\t0+\nSigIgn:\t0+\n$/);
    expect(readFileSync(`/proc/${launcherPid()}/environ`, 'latin1')).toBe('');
  });

  it.each<[string, Partial<Launch>]>([
    ['that is not there', { command: 'no-such-program' }],
    ['that may not be run', { command: '/etc/passwd' }],
    ['whose folder is not there', { cwd: '/no/such/folder' }],
    ['with an argument that holds a NUL', { args: ['a\0b'] }],
    ['with more than every Linux takes', { args: ['a'.repeat(60_000), 'b'.repeat(60_000)] }],
    ['with a variable of the shell itself', { env: { ...env, IFS: 'x' } }],
    ['with a variable that no shell can set', { env: { ...env, 'a.b': 'x' } }],
  ])('leaves a program to Node %s', async (_, wrong) => {
    expect(await launcher.launch({ command: '/bin/cat', args: [], env, cwd: folder, ...wrong })).toBeUndefined();
  });

  it('leaves a program to Node where no pipes can be made, and where its shell hangs', async () => {
    launcher = new Launcher({ folder: () => '/proc', watchdog, shell });
    await expect(sh('exit 0')).rejects.toThrow('did not start');
    await launcher.stop();
    launcher = new Launcher({ folder: () => folder, watchdog, shell, startMs: 2000 });
    await gone(await sh('exit 0'));
    process.kill(launcherPid(), 'SIGSTOP');
    await expect(sh('exit 0')).rejects.toThrow('did not start');
    expect(await gone(await sh('exit 5'))).toEqual([[5, null]]);
  });

  it('notices the end of a program whose end nobody told', async () => {
    const program = await sh('read -r line');
    const shell = launcherPid();
    for (const waiter of childrenOf(shell).filter((pid) => childrenOf(pid).includes(program.pid))) process.kill(waiter, 'SIGKILL');
    program.stdin.end();
    expect(await gone(program)).toEqual([[null, null]]);
  });

  it('goes on where its shell is killed: what runs is still told of, what starts has another', async () => {
    const before = await sh('read -r line; exit "$line"');
    const first = launcherPid();
    process.kill(first, 'SIGKILL');
    expect(await eventually(() => !isRunning(first))).toBe(true);
    // What it was told as it died is for Node.
    const after = await sh('read -r line; exit 3').catch(() => sh('read -r line; exit 3'));
    before.stdin.write('4\n');
    expect(await gone(before)).toEqual([[4, null]]);
    expect(await gone(await sh('exit 5'))).toEqual([[5, null]]);
    after.stdin.end();
    expect(await gone(after)).toEqual([[3, null]]);
  });

  it('has the watchdog know what it starts, the next one too', async () => {
    const first = await sh('trap "" TERM; sleep 60 & wait');
    const dead = watchdog.pid!;
    process.kill(dead, 'SIGKILL');
    expect(await eventually(() => watchdog.pid !== dead)).toBe(true);
    const second = await sh('trap "" TERM; sleep 60 & wait');
    await launcher.stop();
    await watchdog.stop();
    expect(await gone(first, second)).toEqual([
      [null, 'SIGKILL'],
      [null, 'SIGKILL'],
    ]);
  });

  function launcherPid(): number {
    const pid = childrenOf(process.pid).find((each) => each !== watchdog.pid && readFileSync(`/proc/${each}/cmdline`, 'latin1') === `${shell.join('\0')}\0`);
    if (pid === undefined) throw new Error('there is no launcher');
    return pid;
  }
});

describe('Children', () => {
  const onThis = process.platform;
  afterEach(() => {
    Object.defineProperty(process, 'platform', { value: onThis });
  });

  it.each(['darwin', 'linux'])('start programs as on %s, and say why one does not start', async (platform) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'launcher-'));
    Object.defineProperty(process, 'platform', { value: platform });
    const children = new Children(dataDir);
    Object.defineProperty(process, 'platform', { value: onThis });
    const { lines, error } = await hearAll(await children.launch(command('/bin/sh', '-c', 'echo "$TMPDIR"; exit 4')));
    expect(lines).toEqual([expect.stringContaining(dataDir)]);
    expect(error).toMatchObject({ code: 'cli_failed', cause: { exitCode: 4, signal: null } });
    expect((await hearAll(await children.launch(command('printf', '%s', 'x'.repeat(110_000))))).lines[0]).toHaveLength(110_000);
    const fails = (...args: string[]): Promise<unknown> => children.launch(command('printf', ...args)).catch((cause: unknown) => cause);
    expect(await fails('%s', 'x'.repeat(200_000))).toMatchObject({ code: 'provider_unavailable', cause: { code: 'E2BIG' } });
    expect(await fails('a\0b')).toMatchObject({ code: 'provider_unavailable', cause: { code: 'ERR_INVALID_ARG_VALUE' } });
    await children.close('shutdown');
    expect(readdirSync(join(dataDir, 'run'))).toEqual([]);
    await rm(dataDir, { recursive: true });
  });

  it('have no launcher where the system has not what it needs', () => {
    expect(Launcher.usable('/nowhere')).toBe(false);
  });
});
