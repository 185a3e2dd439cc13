import { Redis } from 'ioredis';
import { errorCode } from './error-code.js';
import { ConfigurationError } from '../config/settings.js';

const TIMEOUT_MS = 3000;

export interface RedisState {
  readonly version: string;
  readonly latencyMs: number;
}

/** Asks the Redis of a URL how it is. @throws ConfigurationError in one line, without the URL */
export async function inspectRedis(url: string): Promise<RedisState> {
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: TIMEOUT_MS, commandTimeout: TIMEOUT_MS, maxRetriesPerRequest: 0, retryStrategy: () => null });
  let why: unknown;
  redis.on('error', (error: unknown) => {
    why = error;
  });
  try {
    await redis.connect();
    const began = performance.now();
    const told = await redis.info('server');
    return { version: /^redis_version:(\S+)/m.exec(told)?.[1] ?? 'of an unknown version', latencyMs: performance.now() - began };
  } catch (cause) {
    throw new ConfigurationError(`REDIS_URL: Redis cannot be used (${errorCode(why ?? cause)})`, { cause });
  } finally {
    redis.disconnect();
  }
}
