import { describe, expect, it, jest } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const deploy = resolve(import.meta.dirname, '../deploy');
const analyze = '/usr/bin/systemd-analyze';
const able = existsSync(analyze);
if (!able) process.stderr.write('SKIPPED: the specs of deploy/shellm.service; they need systemd-analyze.\n');

/** A folder of units as systemd reads it: the service, and one of what it may be given beside. */
function withUnit<T>(dropIn: string | undefined, use: (unit: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'units-'));
  try {
    cpSync(join(deploy, 'shellm.service'), join(folder, 'shellm.service'));
    if (dropIn !== undefined) cpSync(join(deploy, 'shellm.service.d', dropIn), join(folder, 'shellm.service.d', dropIn));
    return use(join(folder, 'shellm.service'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What it has to say to a unit, and its exit code. */
function systemdAnalyze(...args: string[]): [number | null, string] {
  const { status, stdout, stderr } = spawnSync(analyze, args, { encoding: 'utf8', env: { PATH: '/usr/bin:/bin', SYSTEMD_COLORS: '0', SYSTEMD_PAGER: '' }, timeout: 20_000 });
  return [status, `${stdout}${stderr}`];
}

/** systemd's own exposure level, in tenths: 0 is none, 100 all. By what one has to give up for it. */
(able ? describe : describe.skip).each([
  ['as it is', undefined, 20],
  ['with a sandbox for the CLIs', 'sandbox.conf', 34],
  ['with a user of their own for the CLIs', 'child-user.conf', 40],
])('deploy/shellm.service, %s', (_, dropIn, exposure) => {
  jest.setTimeout(30_000);

  it('is right to systemd', () => {
    withUnit(dropIn, (unit) => {
      const [status, text] = systemdAnalyze('verify', unit);
      // Other units of the machine may be named in passing.
      expect([status, text.split('\n').filter((line) => line.includes('shellm'))]).toEqual([0, []]);
    });
  });

  it(`is exposed no more than ${exposure / 10}`, () => {
    withUnit(dropIn, (unit) => {
      const [status, text] = systemdAnalyze('security', '--offline=yes', `--threshold=${exposure}`, unit);
      expect([status, /Overall exposure level.*/.exec(text)?.[0]]).toEqual([0, expect.stringContaining('exposure level')]);
    });
  });
});

(able ? describe : describe.skip)('deploy/cloudflared/shellm-tunnel.service', () => {
  jest.setTimeout(30_000);

  it('is right to systemd, and exposed no more than 1.8', () => {
    const unit = join(deploy, 'cloudflared/shellm-tunnel.service');
    const [verified, text] = systemdAnalyze('verify', unit);
    // It wants shellm.service, which is not installed here.
    expect([verified, text.split('\n').filter((line) => line.includes('shellm-tunnel'))]).toEqual([0, []]);
    expect(systemdAnalyze('security', '--offline=yes', '--threshold=18', unit)[0]).toBe(0);
  });
});

describe('deploy/shellm.service', () => {
  const unit = readFileSync(join(deploy, 'shellm.service'), 'utf8');
  const values = (name: string): string[] => [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value);

  it('leaves the CLIs what their runtimes need, and their logins where they can be renewed', () => {
    expect(values('MemoryDenyWriteExecute')).toEqual([]); // Node.js compiles as it runs
    const home = /HOME=(\S+)/.exec(values('Environment').join(' '))?.[1];
    const [state] = values('StateDirectory');
    expect(home?.startsWith(`/var/lib/${state}/`)).toBe(true);
    expect(values('RestrictAddressFamilies').join(' ')).toContain('AF_NETLINK'); // os.networkInterfaces()
    expect(values('OOMPolicy')).toEqual(['continue']);
  });

  it('gives the sandbox its namespaces', () => {
    const sandbox = readFileSync(join(deploy, 'shellm.service.d/sandbox.conf'), 'utf8');
    for (const namespace of ['user', 'mnt', 'pid', 'ipc', 'uts']) expect(/^RestrictNamespaces=(.*)$/m.exec(sandbox)?.[1]?.split(' ')).toContain(namespace);
  });
});
