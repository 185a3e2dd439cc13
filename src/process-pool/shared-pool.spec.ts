import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Child } from './child.js';
import { Children } from './children.js';
import { type LaunchSpec } from './launch-spec.js';
import { SharedPool, type SharedPoolOptions, type SharedProcessSpec } from './shared-pool.js';
import { silentLog } from '../observability/log.js';
import { command, eventually } from '../../test/fake-cli/pool-fixture.js';

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

interface Pooled {
  readonly pool: SharedPool<number>;
  /** In the order of their start; a process's connection is its place here. */
  readonly started: Child[];
}

/** The processes are connected with their number. */
function poolOf(spec: Partial<SharedProcessSpec<number>> = {}, options: Partial<SharedPoolOptions> = {}): Pooled {
  const started: Child[] = [];
  const launch = async (launched: LaunchSpec): Promise<Child> => {
    const child = await children.launch(launched);
    started.push(child);
    return child;
  };
  const whole: SharedProcessSpec<number> = {
    launch: command('cat'),
    connect: (child) => Promise.resolve(started.indexOf(child)),
    connectTimeoutMs: 5000,
    maxUses: 1000,
    maxRssBytes: Infinity,
    maxAgeMs: Infinity,
    ...spec,
  };
  return { pool: new SharedPool(whole, { warm: true, idleMs: 60_000, successorDelayMs: 1, backoffMs: 1, ...options }, launch, silentLog), started };
}

describe(SharedPool.name, () => {
  it('starts one process for all who come at once', async () => {
    const { pool, started } = poolOf();
    const leases = await Promise.all([1, 2, 3].map(() => pool.lease(never)));
    expect([leases.map(({ connection }) => connection), started.length, pool.warm, pool.connection]).toEqual([[0, 0, 0], 1, 1, 0]);
    await pool.drain();
    expect([started[0]?.alive, pool.warm]).toEqual([false, 0]);
  });

  it('keeps one ready where it shall, and none where it shall not', async () => {
    const warm = poolOf();
    warm.pool.warmUp();
    expect(await eventually(() => warm.pool.warm === 1)).toBe(true);
    await warm.pool.drain();
    const cold = poolOf({}, { warm: false });
    cold.pool.warmUp();
    await sleep(30);
    expect(cold.started).toEqual([]);
  });

  it('without warmth, ends the process after a while without a chat', async () => {
    const { pool, started } = poolOf({}, { warm: false, idleMs: 40 });
    const first = await pool.lease(never);
    await sleep(60);
    expect(started[0]?.alive).toBe(true);
    first.release();
    (await pool.lease(never)).release();
    expect(started).toHaveLength(1);
    expect(await started[0]?.exited).toMatchObject({ reason: 'expired' });
    expect((await pool.lease(never)).connection).toBe(1);
    await pool.drain();
  });

  it('replaces an old process when its successor is ready; the old one finishes its chats', async () => {
    let ready: (() => void) | undefined;
    const { pool, started } = poolOf({
      maxUses: 2,
      connect: () =>
        started.length === 1
          ? Promise.resolve(0)
          : new Promise((resolve) => {
              ready = () => {
                resolve(1);
              };
            }),
    });
    const first = await pool.lease(never);
    (await pool.lease(never)).release();
    expect(await eventually(() => ready !== undefined)).toBe(true);
    (await pool.lease(never)).release();
    expect(started.map(({ alive }) => alive)).toEqual([true, true]);
    ready?.();
    expect(await eventually(() => pool.connection === 1)).toBe(true);
    await sleep(10);
    expect([started[0]?.alive, first.again(), (await pool.lease(never)).connection]).toEqual([true, undefined, 1]);
    first.release();
    first.release();
    expect(await started[0]?.exited).toMatchObject({ reason: 'recycled' });
    await pool.drain();
  });

  it('renews the process that serves, and starts none for that', async () => {
    const { pool, started } = poolOf();
    pool.renew();
    (await pool.lease(never)).release();
    expect(started).toHaveLength(1);
    pool.renew();
    expect(await eventually(() => pool.connection === 1)).toBe(true);
    expect(await started[0]?.exited).toMatchObject({ reason: 'recycled' });
    await pool.drain();
  });

  it('gives another place in the same process', async () => {
    const { pool } = poolOf();
    const first = await pool.lease(never);
    first.release();
    const again = first.again();
    expect(again?.child).toBe(first.child);
    await pool.drain();
    expect(first.again()).toBeUndefined();
  });

  it('ends a condemned process when the last has left it', async () => {
    const { pool, started } = poolOf();
    const [bad, other] = [await pool.lease(never), await pool.lease(never)];
    bad.condemn();
    bad.release();
    expect([started[0]?.alive, pool.warm]).toEqual([true, 0]);
    expect((await pool.lease(never)).connection).toBe(1);
    other.release();
    expect(await started[0]?.exited).toMatchObject({ reason: 'unhealthy' });
    await pool.drain();
  });

  it('starts another after a crash', async () => {
    const { pool, started } = poolOf();
    const { child } = await pool.lease(never);
    process.kill(child.pid, 'SIGKILL');
    expect(await eventually(() => pool.connection === 1)).toBe(true);
    expect(started).toHaveLength(2);
    await pool.drain();
  });

  it('gives no place in a process that closed its stdout, and starts another at once', async () => {
    const { pool, started } = poolOf({ launch: command('/bin/sh', '-c', 'read line; exec 1>&-; exec sleep 600') });
    const { child } = await pool.lease(never);
    child.write('close it');
    expect(await eventually(() => !child.alive)).toBe(true);
    expect((await pool.lease(never)).connection).toBe(1);
    expect(started).toHaveLength(2);
    expect(await child.exited).toMatchObject({ reason: 'mute' });
    await pool.drain();
  });

  it('has one ready again after one that was condemned', async () => {
    const { pool, started } = poolOf();
    const lease = await pool.lease(never);
    lease.condemn();
    lease.release();
    expect(await eventually(() => pool.connection === 1)).toBe(true);
    expect(started).toHaveLength(2);
    await pool.drain();
  });

  it('tells all who wait that it does not start, and tries again for the next', async () => {
    let tries = 0;
    const { pool, started } = poolOf({ connect: () => (++tries === 1 ? Promise.reject(new Error('not logged in')) : Promise.resolve(tries)) }, { warm: false });
    const refused = await Promise.allSettled([pool.lease(never), pool.lease(never)]);
    expect(refused.map((result) => result.status === 'rejected' && (result.reason as Error).message)).toEqual(['not logged in', 'not logged in']);
    expect(await started[0]?.exited).toMatchObject({ reason: 'failed' });
    expect((await pool.lease(never)).connection).toBe(2);
    await pool.drain();
  });

  it('gives up on a process that does not become ready', async () => {
    const { pool, started } = poolOf({ connect: () => new Promise(() => undefined), connectTimeoutMs: 20 });
    await expect(pool.lease(never)).rejects.toMatchObject({ code: 'provider_unavailable' });
    await started[0]?.exited;
    await pool.drain();
  });

  it('leaves who has gone out of it, and starts for the others', async () => {
    let ready: (() => void) | undefined;
    const { pool } = poolOf({
      connect: () =>
        new Promise((resolve) => {
          ready = () => {
            resolve(7);
          };
        }),
    });
    const abort = new AbortController();
    const [gone, stays] = [pool.lease(abort.signal), pool.lease(never)];
    expect(await eventually(() => ready !== undefined)).toBe(true);
    abort.abort(new Error('gone'));
    await expect(gone).rejects.toThrow('gone');
    ready?.();
    expect((await stays).connection).toBe(7);
    await pool.drain();
  });

  it('refuses after the drain, and who waited for a start', async () => {
    const { pool, started } = poolOf({ connect: () => new Promise(() => undefined) });
    const waiting = pool.lease(never);
    waiting.catch(() => undefined);
    expect(await eventually(() => started.length === 1)).toBe(true);
    await pool.drain();
    await expect(waiting).rejects.toMatchObject({ code: 'shutting_down' });
    await expect(pool.lease(never)).rejects.toMatchObject({ code: 'shutting_down' });
    expect(await started[0]?.exited).toBeDefined();
  });

  it('replaces a process that has grown heavy or old', async () => {
    const heavy = poolOf({ maxRssBytes: 1 });
    for (let index = 0; index < 16; index += 1) (await heavy.pool.lease(never)).release();
    expect(await eventually(() => heavy.pool.connection === 1)).toBe(true);
    await heavy.pool.drain();
    const old = poolOf({ maxAgeMs: 0 });
    (await old.pool.lease(never)).release();
    expect(await eventually(() => old.started.length === 2)).toBe(true);
    await old.pool.drain();
  });
});
