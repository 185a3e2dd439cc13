import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
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

/** As much of a child as the pool sees, on the fake clock. */
class ClockedChild {
  readonly cheapMemory = 200 * 1024 ** 2;
  readonly #bornAt = performance.now();
  ended: string | undefined;
  #exit: () => void = () => undefined;
  readonly exited = new Promise<void>((resolve) => {
    this.#exit = resolve;
  });

  get alive(): boolean {
    return this.ended === undefined;
  }

  get ageMs(): number {
    return performance.now() - this.#bornAt;
  }

  end(reason: string): Promise<void> {
    this.ended = reason;
    this.#exit();
    return Promise.resolve();
  }
}

/** A pool of such children, and when each was started. */
function clockedPool(options: ExclusivePoolOptions): { pool: ExclusivePool; started: ClockedChild[]; born: number[] } {
  const began = performance.now();
  const started: ClockedChild[] = [];
  const born: number[] = [];
  const launch = (): Promise<Child> => {
    const child = new ClockedChild();
    started.push(child);
    born.push(Math.round(performance.now() - began));
    return Promise.resolve(child as unknown as Child);
  };
  return { pool: new ExclusivePool(command('clocked'), { warmAfterMs: 800, freeBytes: () => 8 * 1024 ** 3, ...options }, launch, silentLog), started, born };
}

describe('ExclusivePool', () => {
  it('hands out the child that waits and starts its successor', async () => {
    const { pool, started } = poolOf(command('cat'), { warm: 1 });
    expect(started).toEqual([]);
    pool.warmUp();
    expect(await eventually(() => pool.warm === 1)).toBe(true);
    expect(await pool.take(never)).toBe(started[0]);
    expect(await eventually(() => pool.warm === 1)).toBe(true);
    expect(started).toHaveLength(2);
    await pool.drain();
    expect(started.map(({ alive }) => alive)).toEqual([true, false]);
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

/** Programs that need no time of the real clock. */
describe('ExclusivePool, by the clock', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const after = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);

  it('starts a successor when the turn had its first moments, one after the other, and as many as came at once', async () => {
    const { pool, born } = clockedPool({ warm: 3 });
    await Promise.all([pool.take(never), pool.take(never), pool.take(never)]);
    expect(born).toEqual([0, 0, 0]);
    await after(5000);
    expect(born).toEqual([0, 0, 0, 400, 800, 1200]);
    await pool.take(never);
    await after(299);
    expect([born.length, pool.warm]).toEqual([6, 2]);
    await after(1);
    expect(born.at(-1)).toBe(5300);
    await pool.drain();
  });

  it('hands out the longest-waiting child, and passes over those that died or are not healthy', async () => {
    const sick = new Set<unknown>();
    const { pool, started } = clockedPool({ warm: 3, healthy: (child) => !sick.has(child) });
    await Promise.all([pool.take(never), pool.take(never), pool.take(never)]);
    await after(5000);
    started[3]!.ended = 'crashed';
    sick.add(started[4]!);
    expect(await pool.take(never)).toBe(started[5]);
    expect(started[4]!.ended).toBe('unhealthy');
    await pool.drain();
  });

  it('keeps one where requests come alone, and more only for a while after a crowd', async () => {
    const { pool } = clockedPool({ warm: 3 });
    pool.warmUp();
    for (let minute = 0; minute < 5; minute++) {
      await after(60_000);
      expect(pool.warm).toBe(1);
      await pool.take(never);
    }
    await Promise.all([pool.take(never), pool.take(never)]);
    await after(10_000);
    expect(pool.warm).toBe(3);
    await after(3 * 3_600_000);
    expect(pool.warm).toBe(1);
    await pool.drain();
  });

  it('replaces a child that has waited too long when nobody’s turn runs, and keeps it until then', async () => {
    let busy = true;
    const { pool, started } = clockedPool({ warm: 1, maxAgeMs: 60_000, busy: () => busy });
    pool.warmUp();
    await after(70_000);
    expect([started.length, pool.warm]).toEqual([1, 1]);
    busy = false;
    await after(5000);
    expect([started.length, started[0]?.ended]).toEqual([2, undefined]);
    await after(1000);
    expect([started.length, started[0]?.ended, pool.warm]).toEqual([2, 'recycled', 1]);
    await pool.drain();
  });

  it('starts no spare where memory is short, but serves', async () => {
    let free = 300;
    const { pool, started } = clockedPool({ warm: 1, freeBytes: () => free * 1024 ** 2 });
    pool.warmUp();
    await after(60_000);
    expect(started).toHaveLength(0);
    await pool.take(never);
    free = 400;
    await after(10_000);
    expect([started.length, pool.warm]).toEqual([2, 1]);
    await pool.drain();
  });

  it('keeps none for a day without a request, and warms up again with the next', async () => {
    const { pool } = clockedPool({ warm: 1 });
    pool.warmUp();
    await after(23 * 3_600_000);
    expect(pool.warm).toBe(1);
    await after(2 * 3_600_000);
    expect(pool.warm).toBe(0);
    await pool.take(never);
    await after(2000);
    expect(pool.warm).toBe(1);
    await pool.drain();
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
