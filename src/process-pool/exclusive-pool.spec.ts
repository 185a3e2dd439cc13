import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Backoff } from './backoff.js';
import { type Child } from './child.js';
import { Children } from './children.js';
import { ExclusivePool, type ExclusivePoolOptions } from './exclusive-pool.js';
import { type LaunchSpec } from './launch-spec.js';
import { silentLog } from '../observability/log.js';
import { command, eventually, program } from '../../test/fake-cli/pool-fixture.js';

const never = new AbortController().signal;
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

/** A pool and the children it started, in order. */
function poolOf(spec: LaunchSpec, options: ExclusivePoolOptions): { pool: ExclusivePool; started: Child[] } {
  const started: Child[] = [];
  const launch = async (launched: LaunchSpec): Promise<Child> => {
    const child = await children.launch(launched);
    started.push(child);
    return child;
  };
  return { pool: new ExclusivePool(spec, { warmAfterMs: 1, refillDelayMs: 1, backoffMs: 1, ...options }, launch, silentLog), started };
}

describe('ExclusivePool', () => {
  it('hands out the longest-waiting child and starts its successor', async () => {
    const { pool, started } = poolOf(command('cat'), { warm: 2 });
    expect(started).toEqual([]);
    pool.warmUp();
    expect(await eventually(() => pool.warm === 2)).toBe(true);
    expect(await pool.take(never)).toBe(started[0]);
    expect(await pool.take(never)).toBe(started[1]);
    expect(await eventually(() => pool.warm === 2)).toBe(true);
    expect(started).toHaveLength(4);
    await pool.drain();
    expect(started.map(({ alive }) => alive)).toEqual([true, true, false, false]);
    expect(pool.warm).toBe(0);
  });

  it('starts one on a miss, and none before where none shall wait', async () => {
    const { pool, started } = poolOf(command('cat'), { warm: 0 });
    pool.warmUp();
    const child = await pool.take(never);
    await sleep(30);
    expect(started).toEqual([child]);
    expect(pool.warm).toBe(0);
  });

  it('starts spares one after the other, and only after the delay', async () => {
    const { pool, started } = poolOf(command('cat'), { warm: 3, refillDelayMs: 60_000, warmAfterMs: 60_000 });
    await pool.take(never);
    await sleep(30);
    expect(started).toHaveLength(1);
    await pool.drain();
    const other = poolOf(command('cat'), { warm: 3, warmAfterMs: 60_000 });
    other.pool.warmUp();
    await eventually(() => other.started.length > 0);
    await sleep(30);
    expect(other.started).toHaveLength(1);
    expect(other.pool.warm).toBe(0);
    expect(await other.pool.take(never)).toBe(other.started[0]);
    await other.pool.drain();
  });

  it('passes over children that died or are not healthy', async () => {
    const sick = new Set<Child>();
    const { pool, started } = poolOf(command('cat'), { warm: 3, healthy: (child) => !sick.has(child) });
    pool.warmUp();
    await eventually(() => pool.warm === 3);
    process.kill(started[0]!.pid, 'SIGKILL');
    await eventually(() => !started[0]!.alive);
    sick.add(started[1]!);
    expect(await pool.take(never)).toBe(started[2]);
    expect(await started[1]!.exited).toMatchObject({ reason: 'unhealthy' });
    await pool.drain();
  });

  it('replaces a child that has waited too long', async () => {
    const { pool, started } = poolOf(command('cat'), { warm: 1, maxAgeMs: 50 });
    pool.warmUp();
    expect(await eventually(() => started.length >= 2)).toBe(true);
    expect(await started[0]!.exited).toMatchObject({ reason: 'recycled' });
    const child = await pool.take(never);
    await sleep(80);
    expect(child.alive).toBe(true);
    await pool.drain();
  });

  it('starts a successor for one that crashed', async () => {
    const { pool, started } = poolOf(command('cat'), { warm: 1 });
    pool.warmUp();
    await eventually(() => pool.warm === 1);
    process.kill(started[0]!.pid, 'SIGKILL');
    expect(await eventually(() => started.length === 2 && pool.warm === 1)).toBe(true);
    await pool.drain();
  });

  it('waits before it starts a program again that crashed, or did not start, and still serves', async () => {
    const { pool, started } = poolOf(program('exit.sh', '1', 'crash'), { warm: 1, backoffMs: 60_000 });
    pool.warmUp();
    expect(await eventually(() => started[0]?.alive === false)).toBe(true);
    await started[0]!.exited;
    await sleep(50);
    expect(started).toHaveLength(1);
    expect(await pool.take(never)).toBe(started[1]);
    await pool.drain();

    const missing = poolOf(command('no-such-program'), { warm: 1, backoffMs: 60_000 });
    missing.pool.warmUp();
    await sleep(20);
    await expect(missing.pool.take(never)).rejects.toMatchObject({ code: 'provider_unavailable' });
    await missing.pool.drain();
  });

  it('gives nothing to one who has left, and nothing after its drain', async () => {
    const { pool, started } = poolOf(command('cat'), { warm: 0 });
    await expect(pool.take(AbortSignal.abort(new Error('left')))).rejects.toThrow('left');
    expect(started).toEqual([]);
    const abort = new AbortController();
    const taken = pool.take(abort.signal);
    abort.abort(new Error('left'));
    await expect(taken).rejects.toThrow('left');
    expect(await started[0]!.exited).toMatchObject({ reason: 'cancelled' });
    await pool.drain();
    await expect(pool.take(never)).rejects.toMatchObject({ code: 'shutting_down' });
  });
});

describe('Backoff', () => {
  it('doubles up to the cap, and begins anew after a success', () => {
    const backoff = new Backoff(100, 1000);
    const delays = [1, 2, 3, 4, 5, 6].map(() => {
      backoff.failed();
      return backoff.delayMs;
    });
    expect(delays).toEqual([100, 200, 400, 800, 1000, 1000]);
    backoff.reset();
    expect(backoff.delayMs).toBe(0);
  });
});
