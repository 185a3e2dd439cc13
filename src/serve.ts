import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from './bootstrap.js';
import { type GatewayDetails, ownDataDir, processFiles, wasServed } from './cli/gateway-process.js';
import { greet } from './cli/greet.js';
import { TerminalLog } from './cli/terminal-log.js';
import { writeCompiled } from './config/compile-cache.js';
import { DATA_DIR } from './config/data-dir.js';
import { packageVersion } from './config/package-version.js';
import { ServerSettings } from './config/server-settings.js';
import { ConfigurationError } from './config/settings.js';
import { Admission } from './http/admission.js';
import { BACKLOG } from './http/limit-times.js';
import { JobQueue } from './job-queue/job-queue.js';
import { LOG, type Log } from './observability/log.js';
import { claimFile, releaseFile } from './process-pool/process-file.js';
import { cleanWords } from './redaction/clean-words.js';
import { BatchesService } from './runs/batches/batches.service.js';
import { ResponseRuns } from './runs/response-runs.js';
import { logDoubts, logStart } from './start-log.js';
import { type Workers } from './workers/workers.js';

/** What a start has compiled is written down when it is over, and the first requests are answered. Milliseconds. */
const COMPILED_MS = 5000;

export interface ServeOptions {
  /** Started by `shellm start`. */
  readonly background?: boolean;
  /** The log as JSON, on a terminal too. */
  readonly json?: boolean;
}

/** Starts the server and ends the process with it: 0 after a shutdown, 1 with one line where it cannot start. On a terminal it greets, and its log is for people. */
export async function serve({ background = false, json = false }: ServeOptions = {}): Promise<void> {
  try {
    const terminal = process.stdout.isTTY && !json ? new TerminalLog() : undefined;
    const first = !wasServed(ownDataDir());
    const app = await createApp(undefined, terminal);
    const { url, workers } = await listen(app);
    if (!terminal) logStart(app, url);
    logDoubts(app);
    endOnSignal(app, workers);
    writeDown(app, url, background);
    setTimeout(writeCompiled, COMPILED_MS).unref();
    if (terminal) await greet(app, url, first);
    terminal?.release();
  } catch (error) {
    process.stderr.write(`shellm: ${cleanWords(reasonOf(error), Infinity)}\n`);
    process.exit(1);
  }
}

/** The gateway itself, or its workers: what has to do with them is loaded where there are any. */
async function listen(app: NestFastifyApplication): Promise<{ readonly url: string; readonly workers?: Workers }> {
  const { host, port, workerCount } = app.get(ServerSettings);
  // Fastify's own listen: Nest's logs a failure before we can say it in one line.
  if (workerCount === 0) return { url: await app.getHttpAdapter().getInstance().listen({ port, host, backlog: BACKLOG }) };
  const { Workers } = await import('./workers/workers.js');
  return Workers.start(app, workerCount);
}

/** For `shellm status`, `stop` and the like: who serves this data folder, until the process ends. The first that came keeps it. */
function writeDown(app: NestFastifyApplication, url: string, background: boolean): void {
  const log = app.get<Log>(LOG);
  const path = processFiles(app.get<string>(DATA_DIR)).pid;
  const { shutdownGraceMs } = app.get(ServerSettings);
  const details: GatewayDetails = { url, version: packageVersion, started_at: Math.floor(Date.now() / 1000), grace_ms: shutdownGraceMs, background };
  try {
    const other = claimFile(path, details);
    if (other) log.warn({ pid: other.pid, url: other.url }, 'another gateway uses this data folder: give each its own SHELLM_DATA_DIR');
    else
      process.on('exit', () => {
        releaseFile(path);
      });
  } catch (error) {
    log.warn({ code: (error as NodeJS.ErrnoException).code }, 'the file that names this process cannot be written: shellm status and stop will not find it');
  }
}

/** The first signal: no new requests, running ones may finish, then out. The second: out at once. */
function endOnSignal(app: NestFastifyApplication, workers?: Workers): void {
  const log = app.get<Log>(LOG);
  let closing = false;
  const close = (signal: NodeJS.Signals): void => {
    if (closing) process.exit(1);
    closing = true;
    log.info({ signal }, 'shutting down');
    void shutDown(app, workers).then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'the shutdown failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', close);
  process.on('SIGINT', close);
}

/** Lets running requests, answers that nobody waits for and jobs finish within the grace time, then closes everything. */
export async function shutDown(app: NestFastifyApplication, workers?: Workers): Promise<void> {
  const { shutdownGraceMs } = app.get(ServerSettings);
  app.get(BatchesService).drain();
  await Promise.all([
    app.get(Admission).close(shutdownGraceMs),
    app.get(ResponseRuns).finish(shutdownGraceMs),
    app.get(JobQueue).finish(shutdownGraceMs),
    workers?.drain(shutdownGraceMs),
  ]);
  await app.close();
}

function reasonOf(error: unknown): string {
  if (error instanceof ConfigurationError) return error.message;
  const { code, message, stack, syscall } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `SHELLM_PORT: it is in use, perhaps by another gateway (${message})`;
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || syscall === 'listen' || syscall === 'getaddrinfo') return `SHELLM_HOST, SHELLM_PORT: cannot listen there (${message})`;
  return stack ?? message;
}
