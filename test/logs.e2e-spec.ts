import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './support/eventually.js';
import { type CommandRun, runShellm, startShellm } from './support/run-shellm.js';

const ESCAPE = '\u001b';
const entry = (msg: string): string => `${JSON.stringify({ level: 'info', time: '2020-02-03T12:00:00.000Z', msg })}\n`;

describe('shellm logs', () => {
  let folder: string;
  let log: string;
  let follower: ChildProcess | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'logs-'));
    mkdirSync(join(folder, 'logs'));
    log = join(folder, 'logs', 'shellm.log');
  });
  afterEach(() => {
    follower?.kill('SIGKILL');
    follower = undefined;
    rmSync(folder, { recursive: true });
  });
  const run = (args: string, terminal = false): Promise<CommandRun> => runShellm(args.split(' '), { folder, terminal });

  it('shows the last lines as they are, and for people on a terminal', async () => {
    const lines = Array.from({ length: 3000 }, (_, index) => entry(`number ${index} ${'ü'.repeat(50)}`));
    writeFileSync(log, lines.join(''));
    const [all, two, none, json, people] = await Promise.all([run('logs'), run('logs -n 2'), run('logs -n 0'), run('logs -n 1 --json', true), run('logs -n 1', true)]);
    expect(all).toEqual({ code: 0, stdout: lines.slice(-100).join(''), stderr: '' });
    expect(two.stdout).toBe(lines.slice(-2).join(''));
    expect(none.stdout).toBe('');
    expect(json.stdout.replaceAll('\r', '')).toBe(lines.at(-1));
    expect(people.stdout).toMatch(new RegExp(String.raw`^${ESCAPE}\[2m2020-02-03 \S+${ESCAPE}\[22m ${ESCAPE}\[32mINFO ${ESCAPE}\[39m number 2999 ü+\r\n$`));
    expect((await run('logs -n many')).code).toBe(2);
  });

  it('follows what comes, over a copy that is cut and over a new file', async () => {
    writeFileSync(log, entry('before'));
    let told = '';
    follower = startShellm(['logs', '-f', '-n', '1'], { folder });
    follower.stdout?.on('data', (piece: Buffer) => (told += piece.toString()));
    const messages = (): string[] =>
      told
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => (JSON.parse(line) as { msg: string }).msg);
    const hears = (...last: string[]): Promise<void> => eventually(() => messages().slice(-last.length).join() === last.join(), 5000);
    await hears('before');
    // In two pieces: a line is shown when it is whole.
    appendFileSync(log, entry('one').slice(0, 20));
    appendFileSync(log, entry('one').slice(20));
    await hears('one');
    truncateSync(log);
    await new Promise((resolve) => setTimeout(resolve, 500));
    appendFileSync(log, entry('after copytruncate'));
    await hears('after copytruncate');
    appendFileSync(log, entry('last of the old'));
    renameSync(log, `${log}.1`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    writeFileSync(log, entry('first of the new'));
    await hears('last of the old', 'first of the new');
    expect(messages()).toEqual(['before', 'one', 'after copytruncate', 'last of the old', 'first of the new']);
  });

  it('says where the log is where there is no file', async () => {
    expect(await run('logs')).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^shellm: there is no log: [^\n]+journalctl -u shellm -f\n$/) });
  });
});
