import { closeSync, fstatSync, mkdirSync, openSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CommandFailure } from './command-failure.js';
import { type GatewayProcess, processFiles, runningGateway } from './gateway-process.js';
import { paint } from './paint.js';
import { print } from './print.js';
import { withProgress } from './progress.js';
import { until } from './until.js';
import { openDataDir } from '../config/data-dir.js';
import { packageFolder } from '../config/own-file.js';
import { readEnvironment } from '../config/read-environment.js';
import { claimFile, releaseFile } from '../process-pool/process-file.js';
import { type DetachedProcess, startDetached } from '../process-pool/start-detached.js';

/** A first start makes the database, and may wait for PostgreSQL. */
const START_WITHIN_MS = 60_000;
/** docs/decisions/0023: a young generation that grows further is memory that does not come back. */
const V8_SETTINGS = ['--max-semi-space-size=16'];
/** Of the log's end: where the reason is, if it does not start. */
const LAST_WORDS_BYTES = 64 * 1024;

/** What the server is started with. */
interface Setting {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workDir: string;
}

/** Starts the server in the background, and tells where it listens. @throws CommandFailure with the reason where it does not */
export async function start({ environment, workDir }: Setting = { environment: process.env, workDir: process.cwd() }): Promise<void> {
  const dataDir = openDataDir({ ...readEnvironment(workDir).environment, ...environment });
  const files = processFiles(dataDir);
  refuseSecond(runningGateway(dataDir));
  await takeTurn(dataDir);
  try {
    refuseSecond(runningGateway(dataDir));
    mkdirSync(dirname(files.log), { recursive: true, mode: 0o700 });
    const said = lengthOf(files.log);
    const command = [...V8_SETTINGS, join(packageFolder, 'bin', 'shellm'), 'serve', '--background'];
    const child = await startDetached(process.execPath, command, { workDir, environment: { ...environment, SHELLM_DATA_DIR: dataDir }, log: files.log });
    const { url, version, pid } = await withProgress('starting …', () => listening(child, dataDir, said));
    print(`SheLLM ${version} is running at ${paint('cyan', url)} (pid ${pid})`);
    print(paint('dim', `log: ${files.log}`));
  } finally {
    releaseFile(files.starting);
  }
}

function refuseSecond(running: GatewayProcess | undefined): void {
  if (running) throw new CommandFailure(`already running at ${running.url} (pid ${running.pid})`);
}

/** Of two that start at once, one waits until the other is done. */
async function takeTurn(dataDir: string): Promise<void> {
  const { starting } = processFiles(dataDir);
  const mine = await until(START_WITHIN_MS, () => (claimFile(starting, {}) ? undefined : true));
  if (!mine) throw new CommandFailure('another `shellm start` is at it, and does not come to its end');
}

async function listening(child: DetachedProcess, dataDir: string, said: number): Promise<GatewayProcess> {
  const found = await until(START_WITHIN_MS, () => {
    const how = child.ended();
    if (how !== undefined) throw new CommandFailure(reasonIn(processFiles(dataDir).log, said) ?? `the server did not start (${how})`);
    const running = runningGateway(dataDir);
    return running?.pid === child.pid ? running : undefined;
  });
  if (found) return found;
  process.kill(child.pid, 'SIGKILL');
  throw new CommandFailure(`the server did not listen within ${START_WITHIN_MS / 1000} s; \`shellm logs\` shows how far it came`);
}

/** The server's own line of why, which is the last of its kind; else its very last words. */
function reasonIn(log: string, from: number): string | undefined {
  const file = openSync(log, 'r');
  try {
    const length = Math.max(0, Math.min(LAST_WORDS_BYTES, fstatSync(file).size - from));
    const words = Buffer.alloc(length);
    readSync(file, words, 0, length, fstatSync(file).size - length);
    const lines = words
      .toString()
      .split('\n')
      .filter((line) => line.trim() !== '');
    return (lines.findLast((line) => line.startsWith('shellm: ')) ?? lines.at(-1))?.replace(/^shellm: /, '');
  } finally {
    closeSync(file);
  }
}

function lengthOf(log: string): number {
  const file = openSync(log, 'a', 0o600);
  try {
    return fstatSync(file).size;
  } finally {
    closeSync(file);
  }
}
