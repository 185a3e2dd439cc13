import { describe, expect, it } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PoolSettings } from './pool-settings.js';
import { ProcessPool } from './process-pool.js';
import { ProcessPoolModule } from './process-pool.module.js';
import { ConfigModule } from '../config/config.module.js';
import { ConfigurationError, readSettings } from '../config/settings.js';
import { silentLog } from '../observability/log.js';
import { ObservabilityModule } from '../observability/observability.module.js';
import { command, eventually, hearAll, isRunning, nextLine, openPipes, program, withDataDir } from '../../test/fake-cli/pool-fixture.js';
import { ServerSettings } from '../config/server-settings.js';

const never = new AbortController().signal;

describe('ProcessPool', () => {
  it('leaves no process, descriptor or file of 300 children', async () => {
    await withDataDir(async (dataDir) => {
      const before = openPipes().length;
      const pool = new ProcessPool(Object.assign(new PoolSettings(), { maxConcurrent: 8, queueDepth: 300 }), dataDir, silentLog, new ServerSettings());
      const cats = pool.exclusive(command('cat'), { refillDelayMs: 1, warmAfterMs: 1 });
      const exits = pool.exclusive(program('exit.sh', '0', 'done'), { warm: 0 });
      const pids: number[] = [];
      const turn = async (number: number): Promise<void> => {
        const slot = await pool.slots.acquire(`owner ${number % 7}`, never);
        expect(pool.slots.active).toBeLessThanOrEqual(8);
        const child = await (number % 3 === 0 ? exits : cats).take(never);
        pids.push(child.pid);
        if (number % 3 === 0) {
          expect((await hearAll(child)).lines).toEqual(['done']);
        } else {
          const line = nextLine(child);
          child.write(String(number));
          expect(await line).toBe(String(number));
          if (number % 3 === 1) pool.live.keep(String(number), child);
          else await child.end('finished', { gentle: false });
        }
        slot.release();
      };
      await Promise.all(Array.from({ length: 300 }, (_, number) => turn(number)));
      expect(pool.capacity()).toMatchObject({ active: 0, max: 8, queued: 0, max_queued: 300 });
      expect(pool.live.size).toBe(4);
      await pool.drain();
      expect(pids).toHaveLength(300);
      expect(pids.filter(isRunning)).toEqual([]);
      expect(readdirSync(join(dataDir, 'run'))).toEqual([]);
      expect(await eventually(() => openPipes().length <= before)).toBe(true);
    });
  }, 60_000);

  it('ends warm, kept and running children, and refuses those that wait or come, at the drain', async () => {
    await withDataDir(async (dataDir) => {
      const pool = new ProcessPool(Object.assign(new PoolSettings(), { maxConcurrent: 1 }), dataDir, silentLog, new ServerSettings());
      const cats = pool.exclusive(command('cat'), { warmAfterMs: 1 });
      const [running, kept] = [await cats.take(never), await cats.take(never)];
      const heard = hearAll(running);
      pool.live.keep('a', kept);
      expect(await eventually(() => pool.capacity().warm === 1)).toBe(true);
      await pool.slots.acquire('a', never);
      const waiting = expect(pool.slots.acquire('b', never)).rejects.toMatchObject({ code: 'shutting_down' });
      expect(pool.capacity()).toEqual({ active: 1, max: 1, queued: 1, max_queued: 10, warm: 1 });
      await Promise.all([pool.drain(), pool.drain(), pool.onApplicationShutdown(), waiting]);
      expect((await heard).error).toMatchObject({ code: 'shutting_down' });
      expect([isRunning(running.pid), isRunning(kept.pid), pool.capacity().warm]).toEqual([false, false, 0]);
      await expect(cats.take(never)).rejects.toMatchObject({ code: 'shutting_down' });
      expect(readdirSync(join(dataDir, 'run'))).toEqual([]);
    });
  });

  it('shares a data folder with another gateway', async () => {
    await withDataDir(async (dataDir) => {
      const [first, second] = [0, 1].map(() => new ProcessPool(new PoolSettings(), dataDir, silentLog, new ServerSettings()));
      const child = await first!.exclusive(command('cat'), { warm: 0 }).take(never);
      await second!.onModuleInit();
      await second!.exclusive(command('cat'), { warm: 0 }).take(never);
      await second!.drain();
      const line = nextLine(child);
      child.write('still here');
      expect(await line).toBe('still here');
      await first!.drain();
      expect(readdirSync(join(dataDir, 'run'))).toEqual([]);
    });
  });

  it('is built by Nest from the environment and drained when the application closes', async () => {
    await withDataDir(async (dataDir) => {
      const environment = { SHELLM_DATA_DIR: dataDir, SHELLM_MAX_CONCURRENT: '3', SHELLM_WARM: '0', LOG_LEVEL: 'silent' };
      const module = await Test.createTestingModule({ imports: [ConfigModule.forRoot(environment), ObservabilityModule, ProcessPoolModule] }).compile();
      await module.init();
      const pool = module.get(ProcessPool);
      expect(pool.capacity()).toEqual({ active: 0, max: 3, queued: 0, max_queued: 10, warm: 0 });
      const child = await pool.exclusive(command('cat')).take(never);
      await module.close();
      expect(isRunning(child.pid)).toBe(false);
    });
  });
});

describe('PoolSettings', () => {
  it.each([
    ['SHELLM_MAX_CONCURRENT', '0'],
    ['SHELLM_QUEUE_DEPTH', '-1'],
    ['SHELLM_QUEUE_TIMEOUT_MS', 'soon'],
    ['SHELLM_WARM', '1.5'],
    ['SHELLM_LIVE_MAX', 'many'],
    ['SHELLM_LIVE_TTL_MS', '0'],
  ])('refuses %s=%s with a line that names it', (variable, value) => {
    const read = (): PoolSettings => readSettings(PoolSettings, (name) => (name === variable ? value : undefined));
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(variable);
  });
});
