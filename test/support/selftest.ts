import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const project = resolve(import.meta.dirname, '../..');

export interface SelftestRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `shellm selftest` as a user runs it, with a folder that is its TMPDIR, its HOME and its working folder. */
export function startSelftest(folder: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [join(project, 'bin/shellm'), 'selftest', ...args], {
    cwd: folder,
    env: { PATH: '/usr/bin:/bin', HOME: folder, TMPDIR: folder, ANTHROPIC_API_KEY: 'sk-ant-of-the-machine' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export function endOf(child: ChildProcess): Promise<SelftestRun> {
  return new Promise((resolved) => {
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout?.on('data', (piece: Buffer) => stdout.push(piece));
    child.stderr?.on('data', (piece: Buffer) => stderr.push(piece));
    child.on('close', (code) => {
      resolved({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() });
    });
  });
}

/** What it left of its own. Node's cache may be there. */
export function leftIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.startsWith('shellm-'));
}
