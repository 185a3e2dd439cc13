import { describe, expect, it } from '@jest/globals';
import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync, mkdtempSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findChildUser, refuseUnreachable } from './child-user.js';
import { Isolation } from './isolation.js';
import { IsolationSettings } from './isolation-settings.js';
import { writeFor } from './owned-files.js';
import { PoolSettings } from './pool-settings.js';
import { ProcessPool } from './process-pool.js';
import { ServerSettings } from '../config/server-settings.js';
import { ConfigurationError, readSettings } from '../config/settings.js';
import { silentLog } from '../observability/log.js';
import { eventually, isRunning, nextLine } from '../../test/fake-cli/pool-fixture.js';

const asRoot = process.getuid?.() === 0;
if (!asRoot) process.stderr.write('SKIPPED: the specs of SHELLM_CHILD_USER; they need root.\n');
const never = new AbortController().signal;

describe('findChildUser', () => {
  it('refuses a gateway that root does not run, a user that is not there, and root', () => {
    expect(() => findChildUser('nobody', 1000)).toThrow(/^SHELLM_CHILD_USER: needs a gateway that root runs/);
    expect(() => findChildUser('no-such-user-7', 0)).toThrow('SHELLM_CHILD_USER: there is no user "no-such-user-7" on this machine');
    expect(() => findChildUser('root', 0)).toThrow('SHELLM_CHILD_USER: must not be root itself');
    expect(findChildUser('nobody', 0)).toMatchObject({ name: 'nobody', uid: expect.any(Number) });
  });

  it('refuses a folder that the user cannot get to', () => {
    const root = mkdtempSync(join(tmpdir(), 'private-'));
    chmodSync(root, 0o700);
    const nobody = { name: 'nobody', uid: 65_534, gid: 65_534, home: '/nonexistent' };
    expect(() => {
      refuseUnreachable(join(root, 'data'), nobody);
    }).toThrow(`SHELLM_CHILD_USER: nobody may not enter ${root}`);
    chmodSync(root, 0o711);
    refuseUnreachable(join(root, 'data'), nobody);
    rmSync(root, { recursive: true });
  });
});

describe('IsolationSettings', () => {
  const read = (variable: string, value: string): IsolationSettings => readSettings(IsolationSettings, (name) => (name === variable ? value : undefined));

  it.each([
    ['SHELLM_DISK_QUOTA', 'much'],
    ['SHELLM_DISK_QUOTA', '-1'],
    ['SHELLM_CHILD_USER', '../x y'],
    ['SHELLM_SANDBOX', 'yes'],
  ])('refuses %s=%s with a line that names it', (variable, value) => {
    expect(() => read(variable, value)).toThrow(ConfigurationError);
    expect(() => read(variable, value)).toThrow(variable);
  });

  it.each([
    ['1gb', 1024 ** 3],
    ['512mb', 512 * 1024 ** 2],
    ['0', 0],
  ])('takes a quota of %s', (value, bytes) => {
    expect(read('SHELLM_DISK_QUOTA', value).diskQuota).toBe(bytes);
  });
});

(asRoot ? describe : describe.skip)('a program that runs as another user', () => {
  /** A data folder that others cannot read, in a folder that they can enter. */
  async function withPool(use: (pool: ProcessPool, dataDir: string) => Promise<void>): Promise<void> {
    const root = mkdtempSync(join(tmpdir(), 'user-'));
    chmodSync(root, 0o755);
    const dataDir = join(root, 'data');
    mkdirSync(dataDir, { mode: 0o700 });
    writeFileSync(join(dataDir, 'secret'), 'of the gateway', { mode: 0o644 });
    const pool = new ProcessPool(new PoolSettings(), dataDir, silentLog, new ServerSettings(), Object.assign(new IsolationSettings(), { childUser: 'nobody' }));
    try {
      await use(pool, dataDir);
    } finally {
      await pool.drain();
      rmSync(root, { recursive: true });
    }
  }
  const shell = (pool: ProcessPool, script: string) =>
    pool.exclusive(
      {
        name: 'Fake CLI',
        command: '/bin/sh',
        args: ['-c', script],
        env: pool.isolation.environment({ PATH: '/usr/bin:/bin', HOME: '/root', USER: 'root' }, []),
        prepare: ({ tmp }) => {
          mkdirSync(join(tmp, 'prepared'), { mode: 0o700 });
          writeFileSync(join(tmp, 'prepared/file'), 'for you', { mode: 0o600 });
          return {};
        },
      },
      { warm: 0 },
    );

  it("has that user's id, home and no other groups, and gets at its own files alone", async () => {
    await withPool(async (pool, dataDir) => {
      const script = `echo hello >made; echo "$(id -u)|$(id -G)|$HOME $USER|$(cat $TMPDIR/prepared/file)|$(cat made)|$(cat ${dataDir}/secret 2>&1 | grep -c denied)"; exec cat`;
      const child = await shell(pool, script).take(never);
      const { uid, gid, home } = pool.isolation.user!;
      expect((await nextLine(child)).split('|')).toEqual([String(uid), String(gid), `${home} nobody`, 'for you', 'hello', '1']);
      for (const path of [child.folder.work, child.folder.tmp, join(child.folder.tmp, 'prepared/file')]) expect(statSync(path).uid).toBe(uid);
      expect(statSync(dirname(child.folder.work)).uid).toBe(0);
      expect(statSync(dataDir).mode & 0o777).toBe(0o700);
      await child.end('finished', { gentle: false });
      expect(() => statSync(child.folder.work)).toThrow('ENOENT');
    });
  });

  it('ends with its whole group', async () => {
    await withPool(async (pool) => {
      const child = await shell(pool, "trap '' TERM; sleep 60 & echo $!; wait; sleep 60").take(never);
      const grandchild = Number(await nextLine(child));
      expect(isRunning(grandchild)).toBe(true);
      await child.end('cancelled');
      expect(await eventually(() => !isRunning(grandchild) && !isRunning(child.pid))).toBe(true);
    });
  });

  it('is given files by the gateway, but not through a link of its own', async () => {
    await withPool(async (pool, dataDir) => {
      const child = await shell(pool, `mkdir $TMPDIR/chats; ln -s ${dataDir} $TMPDIR/evil; ln -s ${dataDir}/new $TMPDIR/chats/link; echo ready; exec cat`).take(never);
      expect(await nextLine(child)).toBe('ready');
      const { tmp } = child.folder;
      await writeFor(child.folder, join(tmp, 'chats/session'), 'yours');
      expect([readFileSync(join(tmp, 'chats/session'), 'utf8'), statSync(join(tmp, 'chats/session')).uid]).toEqual(['yours', pool.isolation.user?.uid]);
      await expect(writeFor(child.folder, join(tmp, 'evil/cron'), 'x')).rejects.toThrow('not where it should be');
      await expect(writeFor(child.folder, join(tmp, 'chats/link'), 'x')).rejects.toThrow('EEXIST');
    });
  });

  it('has its folder beside the data folder, which stays closed', () => {
    const root = mkdtempSync(join(tmpdir(), 'user-'));
    chmodSync(root, 0o755);
    symlinkSync('/nowhere', join(root, 'data-children'));
    expect(() => new Isolation(Object.assign(new IsolationSettings(), { childUser: 'nobody' }), join(root, 'data'))).toThrow(/SHELLM_CHILD_USER: the folder .* cannot be made/);
    rmSync(root, { recursive: true });
  });
});
