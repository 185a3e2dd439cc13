import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Children } from './children.js';
import { LiveProcesses } from './live-processes.js';
import { command } from '../../test/fake-cli/pool-fixture.js';

let dataDir: string;
let children: Children;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'pool-'));
  children = new Children(dataDir);
});
afterAll(async () => {
  await children.close('shutdown');
  await rm(dataDir, { recursive: true });
});

const cat = command('cat');

describe('LiveProcesses', () => {
  it('gives a child back once, to its key alone', async () => {
    const live = new LiveProcesses({ max: 2, ttlMs: 60_000 });
    const child = await children.launch(cat);
    live.keep('a', child);
    expect([live.take('b'), live.take('a'), live.take('a')]).toEqual([undefined, child, undefined]);
    expect(child.alive).toBe(true);
  });

  it('ends the oldest when there are too many, and the former holder of a key', async () => {
    const live = new LiveProcesses({ max: 2, ttlMs: 60_000 });
    const [first, second, third, fourth] = await Promise.all([cat, cat, cat, cat].map((spec) => children.launch(spec)));
    const disposed: string[] = [];
    live.keep('a', first!, () => disposed.push('first'));
    live.keep('b', second!, () => disposed.push('second'));
    live.keep('c', third!, () => disposed.push('third'));
    expect(await first!.exited).toMatchObject({ reason: 'expired' });
    live.keep('b', fourth!);
    await second!.exited;
    expect([live.size, live.take('c'), live.take('b')]).toEqual([2, third, fourth]);
    expect(disposed).toEqual(['first', 'second']);
  });

  it('ends a child that nobody came for', async () => {
    const live = new LiveProcesses({ max: 2, ttlMs: 20 });
    const child = await children.launch(cat);
    live.keep('a', child);
    expect(await child.exited).toMatchObject({ reason: 'expired' });
    expect([live.size, live.take('a')]).toEqual([0, undefined]);
  });

  it('counts the time anew each time a child is kept', async () => {
    const child = await children.launch(cat);
    jest.useFakeTimers();
    const live = new LiveProcesses({ max: 2, ttlMs: 100 });
    live.keep('a', child);
    jest.advanceTimersByTime(60);
    live.keep('a', live.take('a')!);
    jest.advanceTimersByTime(60);
    expect(live.size).toBe(1);
    jest.advanceTimersByTime(40);
    expect(live.size).toBe(0);
    jest.useRealTimers();
    await child.exited;
  });

  it('drops a child that exits', async () => {
    const live = new LiveProcesses({ max: 2, ttlMs: 60_000 });
    const child = await children.launch(cat);
    live.keep('a', child);
    process.kill(child.pid, 'SIGKILL');
    expect(await child.exited).toMatchObject({ reason: undefined, signal: 'SIGKILL' });
    await Promise.resolve();
    expect([live.size, live.take('a')]).toEqual([0, undefined]);
  });

  it('keeps none where its maximum is 0, and none after the drain', async () => {
    const off = new LiveProcesses({ max: 0, ttlMs: 60_000 });
    const live = new LiveProcesses({ max: 2, ttlMs: 60_000 });
    const [first, second, third] = await Promise.all([cat, cat, cat].map((spec) => children.launch(spec)));
    off.keep('a', first!);
    await first!.exited;
    live.keep('a', second!);
    await live.drain();
    expect(await second!.exited).toMatchObject({ reason: 'shutdown' });
    live.keep('b', third!);
    expect(await third!.exited).toMatchObject({ reason: 'shutdown' });
    expect([off.size, live.size]).toEqual([0, 0]);
  });
});
