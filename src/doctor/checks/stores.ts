import { RedisSettings } from '../../redis/redis-settings.js';
import { inspectRedis } from '../../redis/inspect.js';
import { type DatabaseState, inspectDatabase } from '../../storage/inspect.js';
import { StorageSettings } from '../../storage/storage-settings.js';
import { type Check } from '../check.js';
import { fault, type Finding, note, ok, warning } from '../finding.js';

/** A statement a request at most; Redis twice, within a quarter of a second in all. */
const SLOW_DATABASE_MS = 100;
const SLOW_REDIS_MS = 50;

export const database: Check = {
  id: 'database',
  title: 'database',
  group: 'data',
  look: async (machine) => {
    const { databaseUrl } = machine.settings(StorageSettings);
    const fix = databaseUrl === undefined ? `restore ${machine.dataDir}/shellm.db from a backup, or move it away` : 'psql "$DATABASE_URL" -c "select 1"';
    try {
      const state = await inspectDatabase(databaseUrl, machine.dataDir);
      return state ? judgeDatabase(state, machine.dataDir) : note('there is none yet: the first start makes it');
    } catch (error) {
      return fault((error as Error).message, fix);
    }
  },
};

export function judgeDatabase({ engine, latencyMs, pending, unknown }: DatabaseState, dataDir: string): Finding {
  const told = latencyMs === undefined ? engine : `${engine}, ${latencyMs.toFixed(1)} ms away`;
  if (unknown > 0) return fault(`${told}: it was made by a newer SheLLM`, `npm install -g shellm@latest, or restore a backup of ${dataDir} that is older`);
  if (pending > 0) return note(`${told}: the next start brings its tables up to date`);
  if ((latencyMs ?? 0) > SLOW_DATABASE_MS) return warning(`${told}: sessions, conversations and jobs wait for it`, 'move the database nearer to the gateway');
  return ok(`${told}, up to date`);
}

export const redis: Check = {
  id: 'redis',
  title: 'Redis',
  group: 'data',
  look: async (machine) => {
    const { redisUrl } = machine.settings(RedisSettings);
    if (redisUrl === undefined) return undefined;
    try {
      const { version, latencyMs } = await inspectRedis(redisUrl);
      const told = `${version}, ${latencyMs.toFixed(1)} ms away`;
      return latencyMs > SLOW_REDIS_MS ? warning(`${told}: every request waits for it`, 'move Redis nearer to the gateway') : ok(told);
    } catch (error) {
      return fault(`${(error as Error).message}: each instance keeps limits and the cache for itself`, 'redis-cli -u "$REDIS_URL" ping');
    }
  },
};
