import { type ChildProcess, spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const [main, compiled] = ['dist/main.js', 'build/.tsbuildinfo'].map((file) => resolve(import.meta.dirname, '../..', file)) as [string, string];

export interface SpawnedGateway {
  readonly url: string;
  readonly process: ChildProcess;
  readonly dataDir: string;
  /** Everything it printed so far. */
  output(): string;
  /** Its exit code, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals | null>;
  /** Ends it if it still runs, and removes its data folder. */
  dispose(): Promise<void>;
}

/** The built gateway as a process of its own, on a free port; resolves when it listens. @throws where it ends before, with what it printed */
export async function spawnGateway(environment: Record<string, string> = {}): Promise<SpawnedGateway> {
  if (!(writtenAt(main) >= writtenAt(compiled))) throw new Error('dist/ is missing, or older than build/: run `npm run build` first');
  const dataDir = environment['SHELLM_DATA_DIR'] ?? (await mkdtemp(join(tmpdir(), 'gateway-')));
  const child = spawn(process.execPath, [main], {
    cwd: dataDir,
    env: { PATH: '/usr/bin:/bin', HOME: dataDir, SHELLM_DATA_DIR: dataDir, SHELLM_PORT: '0', SHELLM_RPM: '0', SHELLM_CLIENT_RPM: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const exited = new Promise<number | NodeJS.Signals | null>((resolved) =>
    child.once('exit', (code, signal) => {
      resolved(code ?? signal);
    }),
  );
  const remove = (): Promise<void> => rm(dataDir, { recursive: true, force: true });
  const url = await new Promise<string>((listening, failed) => {
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
      const found = /"url":"(http:[^"]+)"/.exec(output)?.[1];
      if (found !== undefined) listening(found);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    void exited.then((how) => {
      failed(new Error(`the gateway ended (${how ?? 'unknown'}): ${output}`));
    });
  }).catch(async (refusal: unknown) => {
    if (environment['SHELLM_DATA_DIR'] === undefined) await remove();
    throw refusal;
  });
  return {
    url,
    process: child,
    dataDir,
    output: () => output,
    exited,
    dispose: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exited;
      await remove();
    },
  };
}

/** Milliseconds since 1970; NaN where there is no such file. */
function writtenAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? NaN;
}
