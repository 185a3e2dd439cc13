import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ChildExit } from './child-exit.js';
import { Children } from './children.js';
import { outputLimits } from './output-limits.js';
import { Flow } from '../kernel/flow.js';
import { type GatewayError } from '../kernel/gateway-error.js';
import { command, eventually, hearAll, isRunning, nextLine, openPipes, program } from '../../test/fake-cli/pool-fixture.js';

const soon = { cancelGraceMs: 500, termGraceMs: 150, drainGraceMs: 150, muteGraceMs: 100, sweepMs: 200 };
let dataDir: string;
let children: Children;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'pool-'));
  children = new Children(dataDir, soon);
});
afterAll(async () => {
  await children.close('shutdown');
  expect(readdirSync(join(dataDir, 'run'))).toEqual([]);
  await rm(dataDir, { recursive: true });
});

describe('a child that fails', () => {
  it('delivers what it said, then its exit', async () => {
    const { lines, error } = await hearAll(await children.launch(program('exit.sh', '1', 'some garbage')));
    expect(lines).toEqual(['some garbage']);
    expect(error).toMatchObject({ code: 'cli_failed', message: 'Fake CLI ended with exit code 1 before its answer was complete.', shouldRetry: false });
    const exit: ChildExit = { exitCode: 1, signal: null, reason: undefined, stderrTail: 'last words\n' };
    expect((error as GatewayError).cause).toEqual(exit);
  });

  it('delivers half a line too', async () => {
    const { lines, error } = await hearAll(await children.launch(program('half-line.sh')));
    expect(lines).toEqual(['whole', 'hal']);
    expect(error).toMatchObject({ code: 'cli_failed', cause: { exitCode: 0 } });
  });

  it('is ended where it closes its stdout and runs on: it will never answer', async () => {
    const child = await children.launch(program('mute.sh'));
    const { lines, error } = await hearAll(child);
    expect(lines).toEqual(['the last line']);
    expect(error).toMatchObject({ code: 'cli_failed', message: 'Fake CLI closed its output before its answer was complete.', cause: { reason: 'mute' } });
    expect([child.alive, isRunning(child.pid)]).toEqual([false, false]);
  });

  it('tells a reader who comes too late', async () => {
    const child = await children.launch(program('exit.sh', '3', 'unheard'));
    await child.exited;
    expect(child.alive).toBe(false);
    await eventually(() => child.stderrTail() !== '');
    expect(await hearAll(child)).toMatchObject({ lines: [], error: { code: 'cli_failed', cause: { exitCode: 3 } } });
  });

  it('does not start where its program is missing or may not be run', async () => {
    const before = openPipes().length;
    await expect(children.launch(command('no-such-program'))).rejects.toMatchObject({ code: 'provider_unavailable', cause: { code: 'ENOENT' } });
    await expect(children.launch(command('/etc/passwd'))).rejects.toMatchObject({ code: 'provider_unavailable', cause: { code: 'EACCES' } });
    expect(await eventually(() => openPipes().length <= before)).toBe(true);
  });
});

describe('what a child says', () => {
  it('loses nothing that was said before the exit, also to a slow reader', async () => {
    const child = await children.launch(program('many-lines.sh', '100000'));
    const flow = new Flow();
    const lines: string[] = [];
    const error = await new Promise((resolve) => {
      child.lines(flow).subscribe({
        next: (line) => {
          lines.push(line);
          if (lines.length % 20_000 !== 0) return;
          flow.pause();
          setTimeout(() => {
            flow.resume();
          }, 20);
        },
        error: resolve,
      });
    });
    expect(lines).toHaveLength(100_001);
    expect(lines.at(-1)).toBe('result');
    expect(error).toMatchObject({ code: 'cli_failed', cause: { exitCode: 0 } });
  });

  it('loses nothing to a reader who was paused when the child exited', async () => {
    const child = await children.launch(program('many-lines.sh', '10000'));
    const flow = new Flow();
    flow.pause();
    const lines: string[] = [];
    const ended = new Promise((resolve) => {
      child.lines(flow).subscribe({ next: (line) => lines.push(line), error: resolve });
    });
    await child.exited;
    flow.resume();
    await ended;
    expect(lines).toHaveLength(10_001);
    expect(lines.at(-1)).toBe('result');
  });

  it('keeps characters whole that arrive byte by byte', async () => {
    const { lines } = await hearAll(await children.launch(program('bytewise.mjs', 'é€😀 ok')));
    expect(lines).toEqual(['é€😀 ok']);
  });

  it('stands still while its reader is paused', async () => {
    const child = await children.launch(command('yes'));
    const flow = new Flow();
    let lines = 0;
    const subscription = child.lines(flow).subscribe(() => (lines += 1));
    await eventually(() => lines > 0);
    flow.pause();
    await sleep(20);
    const before = lines;
    await sleep(50);
    expect(lines).toBe(before);
    flow.resume();
    expect(await eventually(() => lines > before)).toBe(true);
    subscription.unsubscribe();
    await child.end('cancelled');
  });

  it('goes unheard between readers, and each hears only what comes later', async () => {
    const child = await children.launch(command('cat'));
    child.write('one\ntwo');
    expect(await nextLine(child)).toBe('one');
    child.write('three');
    await sleep(50);
    const next = nextLine(child);
    child.write('four');
    expect(await next).toBe('four');
    expect(child.alive).toBe(true);
    await child.end('finished');
  });

  it('has one reader at a time', async () => {
    const child = await children.launch(command('cat'));
    const first = hearAll(child);
    expect((await hearAll(child)).error).toEqual(new Error('Two readers for one Fake CLI process.'));
    await child.end('shutdown');
    expect((await first).error).toMatchObject({ code: 'shutting_down' });
  });
});

describe('a child that says too much', () => {
  it.each([
    { what: 'a line of 50 MB', spec: program('long-line.mjs', '50') },
    { what: 'a flood on stderr', spec: program('stderr-flood.sh') },
    { what: 'a flood of lines', spec: command('yes', 'x'.repeat(1000)) },
  ])('is ended: $what', async ({ spec }) => {
    const child = await children.launch(spec);
    const { error } = await hearAll(child);
    expect(error).toMatchObject({ code: 'output_limit_exceeded', shouldRetry: false });
    expect(await child.exited).toMatchObject({ reason: 'output-limit' });
    expect(child.stderrTail().length).toBeLessThanOrEqual(outputLimits.stderrTail);
  });

  it('is ended too when nobody listens', async () => {
    const child = await children.launch(command('yes'));
    expect(await child.exited).toMatchObject({ reason: 'output-limit' });
  });

  it('may say as much again to each reader', async () => {
    const small = new Children(dataDir, { ...soon, limits: { ...outputLimits, stdout: 10 } });
    const child = await small.launch(command('cat'));
    for (let turn = 0; turn < 5; turn += 1) {
      const line = nextLine(child);
      child.write('12345678');
      expect(await line).toBe('12345678');
    }
    await small.close('shutdown');
  });
});

describe('ending a child', () => {
  const onLinux = process.platform === 'linux' ? it : it.skip;

  it('uses its own cancel first', async () => {
    const child = await children.launch({ ...program('cancel.sh'), cancel: (self) => void self.write('cancel') });
    await nextLine(child);
    expect(await child.end('cancelled')).toMatchObject({ exitCode: 7, reason: 'cancelled' });
  });

  it('uses SIGTERM alone for one that has no turn', async () => {
    let cancelled = false;
    const child = await children.launch({ ...command('cat'), cancel: () => (cancelled = true) });
    expect(await child.end('finished', { gentle: false })).toMatchObject({ signal: 'SIGTERM' });
    expect(cancelled).toBe(false);
  });

  it('does not close its stdin before it is gone: it might go on', async () => {
    const leaves = 'process.on("SIGTERM", () => setTimeout(() => process.exit(9), 50)); process.stdin.on("end", () => process.exit(3)).resume(); console.log("up")';
    const child = await children.launch(command(process.execPath, '-e', leaves));
    await nextLine(child);
    expect(await child.end('expired', { gentle: false })).toMatchObject({ exitCode: 9 });
  });

  it('kills one that ignores all of it, and remembers the first reason', async () => {
    const child = await children.launch({
      ...program('stubborn.sh'),
      cancel: () => {
        throw new Error('broken');
      },
    });
    await nextLine(child);
    void child.end('timeout');
    expect(child.alive).toBe(false);
    expect(await child.end('cancelled')).toMatchObject({ signal: 'SIGKILL', reason: 'timeout' });
  });

  it.each(['leave', 'stay'])('ends grandchildren that ignore SIGTERM, whether the leader %ss', async (mode) => {
    const child = await children.launch(program('grandchildren.sh', mode));
    const pids: number[] = [];
    child.lines(new Flow()).subscribe({ next: (line) => pids.push(Number(line)), error: () => undefined });
    expect(await eventually(() => pids.length === 2)).toBe(true);
    if (mode === 'stay') void child.end('cancelled');
    await child.exited;
    expect(pids.filter(isRunning)).toEqual([]);
  });

  it('does not wait for a process outside the group that holds its pipes', async () => {
    const child = await children.launch(program('escapee.mjs', '60'));
    const { lines, error } = await hearAll(child);
    expect(lines).toEqual([expect.stringMatching(/^\d+$/), 'result']);
    expect(error).toMatchObject({ code: 'cli_failed' });
  });

  onLinux('ends what left its group once the child is gone, and nothing of a child that lives', async () => {
    const [gone, lives] = await Promise.all([children.launch(program('escapee.mjs', '600')), children.launch(program('escapee.mjs', '600', 'stays'))]);
    const [escapee, other] = (await Promise.all([nextLine(gone), nextLine(lives)])).map(Number);
    await gone.exited;
    expect(await eventually(() => !isRunning(escapee!))).toBe(true);
    expect(isRunning(other!)).toBe(true);
    await lives.end('finished');
    expect(await eventually(() => !isRunning(other!))).toBe(true);
  });

  onLinux('spares what a child that lives runs in a folder below its own TMPDIR', async () => {
    const lives = await children.launch(command('sh', '-c', 'TMPDIR="$TMPDIR/own" sleep 600 & echo $!; wait'));
    const own = Number(await nextLine(lives));
    const gone = await children.launch(program('escapee.mjs', '600'));
    const escapee = Number(await nextLine(gone));
    await gone.exited;
    expect(await eventually(() => !isRunning(escapee))).toBe(true);
    expect(isRunning(own)).toBe(true);
    await lives.end('finished');
  });

  onLinux('ends at the close what left its group', async () => {
    const own = new Children(await mkdtemp(join(dataDir, 'own-')), soon);
    const child = await own.launch(program('escapee.mjs', '600'));
    const escapee = Number(await nextLine(child));
    await own.close('shutdown');
    expect(await eventually(() => !isRunning(escapee))).toBe(true);
  });

  it('removes its folders', async () => {
    const child = await children.launch(command('sh', '-c', 'echo "$PWD $TMPDIR"; touch here "$TMPDIR/there"; env | wc -l; exec sleep 60'));
    const [work = '', tmp = ''] = (await nextLine(child)).split(' ');
    expect([work.endsWith('/work'), tmp.endsWith('/tmp')]).toEqual([true, true]);
    expect(await eventually(() => readdirSync(join(work, '..')).sort().join(' ') === 'leader tmp work')).toBe(true);
    await child.end('finished');
    expect(() => readdirSync(join(work, '..'))).toThrow('ENOENT');
  });
});

describe('writing to a child', () => {
  it('survives a child that closed its stdin, and one that is gone', async () => {
    const child = await children.launch(program('deaf.sh'));
    await nextLine(child);
    for (let count = 0; count < 3; count += 1) {
      child.write('into the void');
      await sleep(5);
    }
    await child.drained();
    await child.end('failed');
    expect(child.write('late')).toBe(false);
    await child.drained();
  });

  it('says when a child does not keep up', async () => {
    const child = await children.launch(command('sleep', '60'));
    const line = 'x'.repeat(100_000);
    let count = 0;
    while (child.write(line) && count < 100) count += 1;
    expect(count).toBeLessThan(100);
    const drained = child.drained();
    await child.end('cancelled');
    await drained;
  });

  it('takes 700 kB in one line and gives them back', async () => {
    const child = await children.launch(command('cat'));
    const text = 'ü'.repeat(350_000);
    const answer = nextLine(child);
    child.write(text);
    await child.drained();
    expect((await answer) === text).toBe(true);
    await child.end('finished');
  });
});
