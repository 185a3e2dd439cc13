import { describe, expect, it } from '@jest/globals';
import { isWeak } from './access.js';
import { judgeHome } from './claude-home.js';
import { clis, judgeLogin, judgeVersion } from './clis.js';
import { judgeDisk } from './data-folder.js';
import { socketsIn } from './listener.js';
import { type Mount } from './mounts.js';
import { judgeAnswer, judgeClock } from './network.js';
import { judge as judgeNode } from './node-version.js';
import { judgeFiles, judgeMemory } from './resources.js';
import { otherGateway } from './shared-logins.js';
import { judgeDatabase } from './stores.js';
import { judgeUnit } from './systemd-unit.js';

const claude = clis[0]!;
const HOUR = 3_600_000;
const now = 1_790_000_000_000;

describe('what is thought of it', () => {
  it.each([
    ['24.9.0', 'ok'],
    ['25.0.1', 'ok'],
    ['24.8.9', 'fault'],
    ['20.19.0', 'fault'],
  ])('Node.js %s: %s', (version, state) => {
    expect(judgeNode(version).state).toBe(state);
  });

  it.each([
    ['2.1.329', 'fault'],
    ['2.1.330', 'ok'],
    ['2.1.331', 'note'],
    ['3.0.0', 'note'],
  ])('Claude Code %s: %s', (version, state) => {
    expect(judgeVersion(claude, '/usr/bin/claude', version).state).toBe(state);
  });

  it.each<[string, number | undefined, boolean, string, RegExp]>([
    ['one that is good', now + 5 * HOUR, true, 'ok', /valid for 5 h, renewed by itself/],
    ['one that is over and is renewed', now - HOUR, true, 'ok', /ended 60 min ago, and is renewed/],
    ['one that nobody used for long', now - 30 * 24 * HOUR, true, 'warning', /ended 30 days ago/],
    ['one that is over and stays so', now - HOUR, false, 'fault', /cannot be renewed/],
    ['one that tells no time', undefined, true, 'ok', /there is one/],
  ])('a login, %s', (_, expiresAt, renewable, state, detail) => {
    const installation = { command: 'claude', version: '2.1.330', keyVariable: undefined, loginFiles: ['/home/u/.claude/.credentials.json'], login: { expiresAt, renewable } };
    const status = { status: 'ready', installed: true, authenticated: true } as const;
    expect(judgeLogin(claude, status, installation, now)).toMatchObject({ state, detail: expect.stringMatching(detail) });
    // A key beside it is what is billed.
    expect(judgeLogin(claude, status, { ...installation, keyVariable: 'ANTHROPIC_API_KEY' }, now)).toMatchObject({
      state: 'warning',
      fix: expect.stringContaining('unset ANTHROPIC_API_KEY'),
    });
    expect(judgeLogin(claude, { ...status, authenticated: false, detail: 'Log in.' }, installation, now)).toMatchObject({ state: 'fault', detail: 'Log in.' });
  });

  const mount = (point: string, type = 'ext4'): Mount => ({ point, type, options: ['rw'] });
  it.each<[string, readonly Mount[], boolean, string]>([
    ['a volume at ~/.claude alone', [mount('/', 'overlay'), mount('/home/node/.claude')], true, 'warning'],
    ['a file mounted beside', [mount('/', 'overlay'), mount('/home/node/.claude'), mount('/home/node/.claude.json')], true, 'warning'],
    ['nothing mounted in a container', [mount('/', 'overlay')], true, 'warning'],
    ['a volume at the home', [mount('/', 'overlay'), mount('/home/node')], true, 'ok'],
    ['a machine of its own', [mount('/')], false, 'ok'],
  ])('the home of Claude Code: %s', (_, mounts, container, state) => {
    expect(judgeHome('/home/node', mounts, container).state).toBe(state);
  });

  it('room, on disk, in memory, for files', () => {
    const room = (freeMb: number, freeInodes = 1e6): string => judgeDisk({ freeMb, freeInodes }, '/').state;
    expect([room(50_000), room(500), room(50), room(50_000, 100), room(50_000, Infinity)]).toEqual(['ok', 'warning', 'fault', 'warning', 'ok']);
    const needs = { processes: 10, megabytes: 2000 };
    expect([judgeMemory(needs, 4000).state, judgeMemory(needs, 500).state]).toEqual(['ok', 'warning']);
    expect([judgeFiles(needs, Infinity).state, judgeFiles(needs, 512).state, judgeFiles(needs, 128).state]).toEqual(['ok', 'note', 'warning']);
  });

  it('a database that is older, newer or far away', () => {
    const state = { engine: 'PostgreSQL 17', latencyMs: 2, pending: 0, unknown: 0, keys: 0, touched: false };
    const states = [state, { ...state, pending: 1 }, { ...state, unknown: 1 }, { ...state, latencyMs: 300 }].map((each) => judgeDatabase(each, '/d').state);
    expect(states).toEqual(['ok', 'note', 'fault', 'warning']);
  });

  it('an answer of the vendor, or none', () => {
    const vendor = { provider: 'claude', url: 'https://api.anthropic.com', from: undefined };
    const fixOf = (problem: string | undefined, proxy?: string): unknown => judgeAnswer({ vendor, problem, tookMs: 12, aheadMs: 0 }, proxy);
    expect(fixOf(undefined)).toEqual({ state: 'ok', detail: 'api.anthropic.com answers in 12 ms' });
    expect(fixOf('SELF_SIGNED_CERT_IN_CHAIN')).toMatchObject({ state: 'fault', fix: expect.stringContaining('NODE_EXTRA_CA_CERTS') });
    expect(fixOf('ENOTFOUND')).toMatchObject({ state: 'fault', fix: expect.stringContaining('getent hosts api.anthropic.com') });
    expect(fixOf('ECONNREFUSED', 'http://proxy:3128')).toMatchObject({ state: 'fault', fix: expect.stringContaining('check HTTPS_PROXY') });
  });

  it('a clock that is off', () => {
    expect([0, 30_000, -90_000, 400_000, -HOUR].map((ahead) => judgeClock(ahead).state)).toEqual(['ok', 'ok', 'warning', 'fault', 'fault']);
  });

  it('a unit that hides logins', () => {
    expect(judgeUnit('[Service]\nUser=ann\nProtectHome=yes', '/home/ann').state).toBe('fault');
    expect(judgeUnit('[Service]\nProtectHome=yes', '/var/lib/shellm/home').state).toBe('ok');
    expect(judgeUnit('[Service]\nProtectHome=yes\n[Service]\nProtectHome=read-only', '/home/ann').state).toBe('ok');
  });

  it('another gateway that uses the same login', () => {
    const ours = { dataDir: '/home/ann/data', home: '/home/ann' };
    const of = (dataDir: string, home: string): string => `PATH=/bin\0HOME=${home}\0TMPDIR=${dataDir}/run/12-3456-abcdef01/1/tmp\0`;
    expect(otherGateway(of('/srv/b', '/home/ann'), ours)).toBe('/srv/b');
    expect(otherGateway(of('/srv/b', '/home/annie'), ours)).toBeUndefined();
    expect(otherGateway(of('/home/ann/data', '/home/ann'), ours)).toBeUndefined();
    expect(otherGateway('HOME=/home/ann\0TMPDIR=/tmp\0', ours)).toBeUndefined();
  });

  it('a key that can be guessed', () => {
    for (const weak of ['a', 'sk-change-me-please-now', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'password-password-x', 'sk-billing-1'])
      expect([weak, isWeak(weak)]).toEqual([weak, true]);
    expect(isWeak('q9Vd0mB7xN3rT5wK8sJ2')).toBe(false);
  });
});

describe(socketsIn.name, () => {
  it('finds those that listen on the port', () => {
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 0100007F:17D4 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0000000000000000 100 0 0 10 0',
      '   1: 0100007F:17D4 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0000000000000000 100 0 0 10 0',
    ].join('\n');
    expect(socketsIn(table, 6100)).toEqual(['4711']);
    expect(socketsIn(table, 6101)).toEqual([]);
  });
});
