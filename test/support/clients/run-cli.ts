import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

export interface CliRun {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly input: string;
  /** When it resolves, the user presses Ctrl-C. */
  readonly interrupt?: Promise<void>;
}

/** Runs a CLI as a user does in a script and returns the lines of JSON that it printed. @throws where it ends badly, unless it was interrupted; with what it printed */
export async function runCli({ command, args, env, cwd, input, interrupt }: CliRun): Promise<Record<string, unknown>[]> {
  const child = spawn(command, args, { cwd, env, stdio: 'pipe' });
  child.stdin.end(input);
  const ended = once(child, 'close');
  void interrupt?.then(() => child.kill('SIGINT'));
  const [output, noise] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await ended) as [number | null];
  if (code !== 0 && interrupt === undefined) throw new Error(`${command} ended with ${code ?? 'a signal'}: ${noise}\n${output}`);
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
