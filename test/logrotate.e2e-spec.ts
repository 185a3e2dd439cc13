import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from './support/eventually.js';
import { runShellm } from './support/run-shellm.js';

const project = resolve(import.meta.dirname, '..');
const logrotate = '/usr/sbin/logrotate';
const able = existsSync(logrotate);
if (!able) process.stderr.write('SKIPPED: the specs of config/logrotate.conf; they need logrotate.\n');

(able ? describe : describe.skip)('config/logrotate.conf', () => {
  let [dataDir, log, url] = ['', '', ''];

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'rotated-'));
    log = join(dataDir, 'logs', 'shellm.log');
    const started = await runShellm(['start'], { folder: dataDir, env: { SHELLM_PORT: '0', SHELLM_RPM: '0' } });
    url = /http:\/\/[\d.:]+/.exec(started.stdout)?.[0] ?? '';
    expect([started.code, url]).toEqual([0, expect.stringMatching(/:\d+$/)]);
  });

  afterAll(async () => {
    await runShellm(['stop'], { folder: dataDir });
    rmSync(dataDir, { recursive: true, force: true });
  });

  /** The file that is shipped, for this folder and this user. */
  async function rotate(): Promise<void> {
    const { username, gid } = userInfo();
    const group = spawnSync('/usr/bin/id', ['-gn', username], { encoding: 'utf8' }).stdout.trim() || String(gid);
    const shipped = readFileSync(join(project, 'config/logrotate.conf'), 'utf8');
    writeFileSync(join(dataDir, 'conf'), shipped.replace('/var/lib/shellm/', `${dataDir}/`).replace('su shellm shellm', `su ${username} ${group}`), { mode: 0o644 });
    const said = await promisify(execFile)(logrotate, ['--force', '--state', join(dataDir, 'state'), join(dataDir, 'conf')]);
    expect(said).toEqual({ stdout: '', stderr: '' });
  }

  async function ask(from: number, count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, (_, index) => `rotated-${from + index}`);
    for (const id of ids) await fetch(`${url}/v1/models`, { headers: { 'x-request-id': id } }).then((answer) => answer.text());
    return ids;
  }

  /** The ids of the requests in a file, each of whose lines is whole. */
  function idsIn(file: string): string[] {
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => (JSON.parse(line) as { request_id?: string }).request_id ?? '').filter((id) => id.startsWith('rotated-'));
  }

  it('moves what was written away, and what comes after goes to the start of the emptied file; no line is lost, modes are kept', async () => {
    const before = await ask(0, 20);
    await eventually(() => idsIn(log).length === 20);
    await rotate();
    expect(statSync(log).size).toBe(0);
    const after = await ask(20, 20);
    await eventually(() => idsIn(log).length === 20);
    expect([idsIn(`${log}.1`), idsIn(log)]).toEqual([before, after]);
    expect([log, `${log}.1`].map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600]);
    await rotate();
    // Of the last two days one is at hand as it was, the older one is compressed.
    expect(idsIn(`${log}.1`)).toEqual(after);
    expect(statSync(`${log}.2.gz`).mode & 0o777).toBe(0o600);
  });

  it('loses, of what is written while it works, at most what falls between its copy and its emptying, and leaves no half line or hole', async () => {
    const asking = ask(100, 150);
    await eventually(() => idsIn(log).length > 10);
    await rotate();
    const asked = await asking;
    await eventually(() => idsIn(log).at(-1) === asked.at(-1));
    const kept = [...idsIn(`${log}.1`), ...idsIn(log)];
    const lost = asked.filter((id) => !kept.includes(id));
    expect(new Set(kept).size).toBe(kept.length);
    // One gap, at the seam.
    expect(asked.indexOf(lost.at(-1) ?? '') - asked.indexOf(lost[0] ?? '')).toBe(Math.max(0, lost.length - 1));
    expect(lost.length).toBeLessThan(30);
  });
});
