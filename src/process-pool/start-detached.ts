import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

interface Options {
  readonly workDir: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where its stdout and stderr are appended. */
  readonly log: string;
}

export interface DetachedProcess {
  readonly pid: number;
  /** How it ended, once it has. */
  readonly ended: () => string | undefined;
}

/** Starts a program of its own session, which lives on when this process ends. @throws where it does not start */
export async function startDetached(command: string, args: readonly string[], { workDir, environment, log }: Options): Promise<DetachedProcess> {
  const file = openSync(log, 'a', 0o600);
  try {
    const child = spawn(command, args, { cwd: workDir, env: environment, detached: true, stdio: ['ignore', file, file] });
    let how: string | undefined;
    child.once('exit', (code, signal) => (how = signal ?? `exit code ${code ?? 0}`));
    await new Promise((resolve, reject) => {
      child.once('spawn', resolve).once('error', reject);
    });
    child.unref();
    return { pid: child.pid ?? 0, ended: () => how };
  } finally {
    closeSync(file);
  }
}
