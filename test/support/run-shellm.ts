import { type ChildProcess, spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

const shellm = join(resolve(import.meta.dirname, '../..'), 'bin/shellm');

export interface CommandRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Options {
  /** Its HOME, its data folder and where it is run. */
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** In a pseudo terminal, where stdout and stderr are one. */
  readonly terminal?: boolean;
  /** What is piped in; nothing where it is left out. Null: the test writes it itself. */
  readonly input?: string | null;
}

/** `shellm` as a user runs it; of this machine it gets a PATH of system programs and nothing else. */
export function startShellm(args: readonly string[], { folder, env, terminal = false, input }: Options): ChildProcess {
  const command = [process.execPath, shellm, ...args];
  const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const [program = '', ...rest] = terminal ? ['script', '--quiet', '--return', '--echo', 'never', '--command', `exec ${quoted}`, '/dev/null'] : command;
  const child = spawn(program, rest, {
    cwd: folder,
    env: { PATH: '/usr/bin:/bin', HOME: folder, SHELLM_DATA_DIR: folder, TERM: 'xterm-256color', ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  if (input !== null) child.stdin?.end(input);
  return child;
}

export function endOfShellm(child: ChildProcess): Promise<CommandRun> {
  return new Promise((resolved) => {
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
    child.stdout?.on('data', (piece: Buffer) => stdout.push(piece));
    child.stderr?.on('data', (piece: Buffer) => stderr.push(piece));
    child.on('close', (code) => {
      resolved({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() });
    });
  });
}

export function runShellm(args: readonly string[], options: Options): Promise<CommandRun> {
  return endOfShellm(startShellm(args, options));
}
