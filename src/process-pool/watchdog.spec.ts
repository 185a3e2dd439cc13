import { describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { reap } from './reaper.js';
import { Watchdog } from './watchdog.js';
import { childrenOf, eventually, isRunning, withDataDir } from '../../test/fake-cli/pool-fixture.js';
import { processesOf } from '../../test/support/processes.js';

function sleeper(): ChildProcess & { readonly pid: number } {
  return spawn('sleep', ['60'], { detached: true, stdio: 'ignore' }) as ChildProcess & { readonly pid: number };
}

describe('Watchdog', () => {
  it('kills the groups that it still watches when its input ends, also after it was killed itself', async () => {
    const [watched, released, late] = [sleeper(), sleeper(), sleeper()];
    const watchdog = new Watchdog();
    watchdog.watch(watched.pid);
    const first = watchdog.pid!;
    process.kill(first, 'SIGKILL');
    expect(await eventually(() => watchdog.pid !== undefined && watchdog.pid !== first)).toBe(true);
    for (const { pid } of [released, late]) watchdog.watch(pid);
    watchdog.release(released.pid);
    await watchdog.stop();
    expect(await eventually(() => watched.signalCode === 'SIGKILL' && late.signalCode === 'SIGKILL')).toBe(true);
    expect(isRunning(released.pid)).toBe(true);
    released.kill();
  });

  it('ignores the signals that end a gateway, and goes when its input ends', async () => {
    const watchdog = new Watchdog();
    const child = sleeper();
    watchdog.watch(child.pid);
    const pid = watchdog.pid!;
    await new Promise((resolve) => setTimeout(resolve, 50)); // the shell sets its traps first
    for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) process.kill(pid, signal);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([watchdog.pid, isRunning(pid)]).toEqual([pid, true]);
    await watchdog.stop();
    expect(isRunning(pid)).toBe(false);
    expect(await eventually(() => child.signalCode === 'SIGKILL')).toBe(true);
  });
});

describe('a gateway that is killed', () => {
  it('leaves no process, and no file after the next start', async () => {
    await withDataDir(async (dataDir) => {
      const fixture = (name: string): string => fileURLToPath(new URL(`../../test/fake-cli/pool-${name}.mjs`, import.meta.url));
      const gateway = spawn(process.execPath, ['--import', fixture('load-ts'), fixture('gateway'), dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [line] = (await once(createInterface({ input: gateway.stdout }), 'line')) as [string];
      const pids = JSON.parse(line) as number[];
      expect(pids.filter(isRunning)).toHaveLength(4);
      const shells = process.platform === 'linux' ? childrenOf(gateway.pid!) : [];
      expect(await reap(dataDir)).toBe(0);
      expect(readdirSync(join(dataDir, 'run'))).toHaveLength(1);
      expect(pids.filter(isRunning)).toHaveLength(4);

      gateway.kill('SIGKILL');
      expect(await eventually(() => [...pids, ...shells].filter(isRunning).length === 0)).toBe(true);
      // Short-lived children of the programs may take a moment longer.
      expect(await eventually(() => processesOf(dataDir).length === 0)).toBe(true);
      expect(await reap(dataDir)).toBe(0);
      expect(readdirSync(join(dataDir, 'run'))).toEqual([]);
    });
  });
});
