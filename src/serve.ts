import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from './bootstrap.js';
import { ENVIRONMENT, type Environment } from './config/environment.js';
import { packageVersion } from './config/package-version.js';
import { ServerSettings } from './config/server-settings.js';
import { ConfigurationError } from './config/settings.js';
import { toldOf, unknownVariables } from './config/unknown-variables.js';
import { Admission } from './http/admission.js';
import { JobQueue } from './job-queue/job-queue.js';
import { LOG, type Log } from './observability/log.js';
import { ProviderRegistry } from './providers/provider-registry.js';
import { cleanWords } from './redaction/clean-words.js';
import { RedisLink } from './redis/redis-link.js';
import { BatchesService } from './runs/batches/batches.service.js';
import { ResponseRuns } from './runs/response-runs.js';
import { StorageSettings } from './storage/storage-settings.js';

/** Starts the server and ends the process with it: 0 after a shutdown, 1 with one line where it cannot start. */
export async function serve(): Promise<void> {
  try {
    const app = await createApp();
    const { host, port } = app.get(ServerSettings);
    // Fastify's own listen: Nest's logs a failure before we can say it in one line.
    const url = await app.getHttpAdapter().getInstance().listen({ port, host });
    const log = app.get<Log>(LOG);
    const [shared, redis] = [app.get(StorageSettings).databaseUrl !== undefined, app.get(RedisLink).configured];
    const kept = { database: shared ? 'PostgreSQL' : 'embedded', limits: redis ? 'Redis' : 'this instance' };
    log.info({ version: packageVersion, url, providers: app.get(ProviderRegistry).observed.map(({ id }) => id), ...kept }, 'SheLLM is listening');
    for (const unknown of unknownVariables(app.get<Environment>(ENVIRONMENT))) log.warn(toldOf(unknown));
    if (shared && !redis) log.warn('DATABASE_URL without REDIS_URL: with several instances each keeps limits, budgets and the cache for itself');
    for (const { configured, whatToDo } of app.get(ProviderRegistry).observed) if (!configured) log.warn(whatToDo);
    endOnSignal(app, log);
  } catch (error) {
    process.stderr.write(`shellm: ${cleanWords(reasonOf(error), Infinity)}\n`);
    process.exit(1);
  }
}

/** The first signal: no new requests, running ones may finish, then out. The second: out at once. */
function endOnSignal(app: NestFastifyApplication, log: Log): void {
  let closing = false;
  const close = (signal: NodeJS.Signals): void => {
    if (closing) process.exit(1);
    closing = true;
    log.info({ signal }, 'shutting down');
    void shutDown(app).then(
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
export async function shutDown(app: NestFastifyApplication): Promise<void> {
  const { shutdownGraceMs } = app.get(ServerSettings);
  app.get(BatchesService).drain();
  await Promise.all([app.get(Admission).close(shutdownGraceMs), app.get(ResponseRuns).finish(shutdownGraceMs), app.get(JobQueue).finish(shutdownGraceMs)]);
  await app.close();
}

function reasonOf(error: unknown): string {
  if (error instanceof ConfigurationError) return error.message;
  const { code, message, stack, syscall } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `SHELLM_PORT: it is in use, perhaps by another gateway (${message})`;
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || syscall === 'listen' || syscall === 'getaddrinfo') return `SHELLM_HOST, SHELLM_PORT: cannot listen there (${message})`;
  return stack ?? message;
}
