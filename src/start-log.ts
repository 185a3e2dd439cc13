import { type INestApplicationContext } from '@nestjs/common';
import { ENVIRONMENT, type Environment } from './config/environment.js';
import { packageVersion } from './config/package-version.js';
import { toldOf, unknownVariables } from './config/unknown-variables.js';
import { LOG, type Log } from './observability/log.js';
import { ProviderRegistry } from './providers/provider-registry.js';
import { RedisLink } from './redis/redis-link.js';
import { StorageSettings } from './storage/storage-settings.js';

/** The log's first line, and what is wrong with the providers. */
export function logStart(app: INestApplicationContext, url: string): void {
  const log = app.get<Log>(LOG);
  const { observed } = app.get(ProviderRegistry);
  const { shared, redis } = keptBy(app);
  const kept = { database: shared ? 'PostgreSQL' : 'embedded', limits: redis ? 'Redis' : 'this instance' };
  log.info({ version: packageVersion, url, providers: observed.map(({ id }) => id), ...kept }, 'SheLLM is listening');
  for (const { configured, whatToDo } of observed) if (!configured) log.warn(whatToDo);
}

/** What deserves a look in the configuration. */
export function logDoubts(app: INestApplicationContext): void {
  const log = app.get<Log>(LOG);
  const { shared, redis } = keptBy(app);
  for (const unknown of unknownVariables(app.get<Environment>(ENVIRONMENT))) log.warn(toldOf(unknown));
  if (shared && !redis) log.warn('DATABASE_URL without REDIS_URL: with several instances each keeps limits, budgets and the cache for itself');
}

function keptBy(app: INestApplicationContext): { readonly shared: boolean; readonly redis: boolean } {
  return { shared: app.get(StorageSettings).databaseUrl !== undefined, redis: app.get(RedisLink).configured };
}
