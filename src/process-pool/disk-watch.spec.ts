import { describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Children } from './children.js';
import { diskUsage } from './disk-usage.js';
import { DiskWatch } from './disk-watch.js';
import { eventually, hearAll, nextLine, withDataDir } from '../../test/fake-cli/pool-fixture.js';

const MB = 1024 ** 2;
const shell = (script: string) => ({ name: 'Fake CLI', command: '/bin/sh', args: ['-c', script], env: { PATH: '/usr/bin:/bin' } });

describe('diskUsage', () => {
  it('counts what lies in folders and below, and no more than it needs to', async () => {
    await withDataDir(async (folder) => {
      mkdirSync(join(folder, 'a/b'), { recursive: true });
      mkdirSync(join(folder, 'elsewhere'));
      writeFileSync(join(folder, 'a/one'), Buffer.alloc(MB));
      writeFileSync(join(folder, 'a/b/two'), Buffer.alloc(2 * MB));
      writeFileSync(join(folder, 'elsewhere/three'), Buffer.alloc(4 * MB));
      symlinkSync(join(folder, 'elsewhere'), join(folder, 'a/link'));
      expect(Math.round((await diskUsage([join(folder, 'a')], Infinity)) / MB)).toBe(3);
      expect(Math.round((await diskUsage([join(folder, 'a'), join(folder, 'elsewhere')], Infinity)) / MB)).toBe(7);
      expect(await diskUsage([join(folder, 'a')], 10)).toBeLessThan(3 * MB);
      expect(await diskUsage([join(folder, 'nowhere')], Infinity)).toBe(0);
      writeFileSync(join(folder, 'a/hole'), '');
      truncateSync(join(folder, 'a/hole'), 500 * MB);
      expect(Math.round((await diskUsage([join(folder, 'a')], Infinity)) / MB)).toBe(3);
    });
  });
});

describe('a process that writes too much', () => {
  const open = (dataDir: string): Children => new Children(dataDir, { termGraceMs: 200, diskEveryMs: 50 }, { user: undefined, diskQuota: 5 * MB, sandbox: undefined });

  it.each(['$PWD', '$TMPDIR'])('is ended with an error that says so, and its folder removed (%s)', async (where) => {
    await withDataDir(async (dataDir) => {
      const children = open(dataDir);
      const modest = await children.launch(shell('head -c 1000000 /dev/zero >small; exec cat'));
      const greedy = await children.launch(shell(`echo begun; while :; do head -c 1000000 /dev/zero >>${where}/big; sleep 0.02; done`));
      const { lines, error } = await hearAll(greedy);
      expect(lines).toEqual(['begun']);
      expect(error).toMatchObject({ code: 'output_limit_exceeded', message: 'Fake CLI wrote more to the disk than it may.', shouldRetry: false, cause: { reason: 'disk-limit' } });
      await greedy.exited;
      expect(existsSync(greedy.folder.work)).toBe(false);
      const line = nextLine(modest);
      modest.write('still here');
      expect(await line).toBe('still here');
      await children.close('shutdown');
      expect(readdirSync(join(dataDir, 'run'))).toEqual([]);
    });
  });

  it('into a folder that outlives it is ended, and the folder tidied up', async () => {
    await withDataDir(async (dataDir) => {
      const children = open(dataDir);
      const state = join(dataDir, 'state');
      mkdirSync(state);
      let tidied = 0;
      const greedy = await children.launch({ ...shell(`head -c 9000000 /dev/zero >${state}/big; exec cat`), state: [state], tidy: () => void (tidied += 1) });
      expect((await greedy.exited).reason).toBe('disk-limit');
      await children.close('shutdown');
      expect(tidied).toBe(1);
    });
  });
});

describe('DiskWatch', () => {
  it('looks at nothing without a limit', async () => {
    await withDataDir(async (folder) => {
      writeFileSync(join(folder, 'big'), Buffer.alloc(MB));
      const over: string[] = [];
      const [without, strict] = [0, 1000].map((quota) => new DiskWatch<string>(quota, (owner) => over.push(`${owner} ${quota}`), 5));
      without!.watch('a', [folder]);
      strict!.watch('a', [folder]);
      strict!.watch('b', [join(folder, 'nowhere')]);
      expect(await eventually(() => over.length > 0)).toBe(true);
      strict!.release('a');
      strict!.release('b');
      expect(over).toEqual(['a 1000']);
    });
  });
});
