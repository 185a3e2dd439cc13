import { describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processStart, realm } from './process-identity.js';
import { reap } from './reaper.js';
import { RunFolder } from './run-folder.js';
import { eventually, isRunning, withDataDir } from '../../test/fake-cli/pool-fixture.js';

const me = `${process.pid}-${processStart(process.pid) ?? ''}`;

function sleeper(): ChildProcess & { readonly pid: number } {
  return spawn('sleep', ['60'], { detached: true, stdio: 'ignore' }) as ChildProcess & { readonly pid: number };
}

/** An instance's folder as a gateway leaves it, with one child. */
function leave(dataDir: string, instance: string, leader: string): string {
  const path = join(dataDir, 'run', instance);
  mkdirSync(join(path, '1', 'work'), { recursive: true });
  writeFileSync(join(path, '1', 'leader'), leader);
  return path;
}

describe('reap', () => {
  it('kills the children of a dead gateway and removes its folder, also where its pid is in use again', async () => {
    await withDataDir(async (dataDir) => {
      const [first, second] = [sleeper(), sleeper()];
      const dead = leave(dataDir, `999999999-5-${realm()}-aaaaaa`, `${first.pid} ${processStart(first.pid) ?? ''}`);
      const recycled = leave(dataDir, `${process.pid}-5-${realm()}-bbbbbb`, `${second.pid} ${processStart(second.pid) ?? ''}`);
      expect(await reap(dataDir)).toBe(2);
      expect(await eventually(() => first.signalCode === 'SIGKILL' && second.signalCode === 'SIGKILL')).toBe(true);
      expect([existsSync(dead), existsSync(recycled)]).toEqual([false, false]);
    });
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('kills what was started in the folder of a dead gateway but is not recorded', async () => {
    await withDataDir(async (dataDir) => {
      const dead = leave(dataDir, `999999999-5-${realm()}-aaaaaa`, '');
      const living = leave(dataDir, `${me}-${realm()}-aaaaaa`, '');
      const [stray, other] = [dead, living].map((path) => spawn('sleep', ['60'], { detached: true, stdio: 'ignore', env: { ...process.env, TMPDIR: join(path, '1', 'tmp') } }));
      expect(await reap(dataDir)).toBe(1);
      expect(await eventually(() => stray!.signalCode === 'SIGKILL')).toBe(true);
      expect([isRunning(other!.pid!), existsSync(dead)]).toEqual([true, false]);
      other!.kill();
    });
  });

  it.each([
    { what: 'whose pid went to another process', leader: (pid: number) => `${pid} 5` },
    { what: 'whose start was not written', leader: (pid: number) => `${pid} ` },
    { what: 'whose record is cut', leader: (pid: number) => `${pid}` },
    { what: 'whose record is broken', leader: () => '-1 1' },
  ])('kills no process $what', async ({ leader }) => {
    await withDataDir(async (dataDir) => {
      const stranger = sleeper();
      const dead = leave(dataDir, `999999999-5-${realm()}-aaaaaa`, leader(stranger.pid));
      expect(await reap(dataDir)).toBe(0);
      expect([isRunning(stranger.pid), existsSync(dead)]).toEqual([true, false]);
      stranger.kill();
    });
  });

  it('leaves a gateway alone that lives, and one whose life it cannot judge until its folder is old', async () => {
    await withDataDir(async (dataDir) => {
      const child = sleeper();
      const leader = `${child.pid} ${processStart(child.pid) ?? ''}`;
      const living = leave(dataDir, `${me}-${realm()}-aaaaaa`, leader);
      const foreign = leave(dataDir, '1-5-00000000-bbbbbb', leader);
      expect(await reap(dataDir)).toBe(0);
      expect([existsSync(living), existsSync(foreign)]).toEqual([true, true]);
      for (const path of [living, foreign]) utimesSync(path, 0, 0);
      expect(await reap(dataDir)).toBe(0);
      expect([existsSync(living), existsSync(foreign), isRunning(child.pid)]).toEqual([true, false, true]);
      child.kill();
    });
  });

  it('has nothing to do in a new data folder', async () => {
    await withDataDir(async (dataDir) => {
      expect(await reap(dataDir)).toBe(0);
    });
  });
});

describe('RunFolder', () => {
  it("makes folders that only their owner may enter, and is known as this process's", async () => {
    await withDataDir(async (dataDir) => {
      const folder = new RunFolder(dataDir);
      const child = folder.child();
      for (const path of [join(dataDir, 'run'), folder.path, child.work, child.tmp]) expect(statSync(path).mode & 0o777).toBe(0o700);
      expect(folder.path.startsWith(join(dataDir, 'run', `${me}-${realm()}-`))).toBe(true);
      await child.remove();
      folder.remove();
      expect(existsSync(folder.path)).toBe(false);
    });
  });
});
