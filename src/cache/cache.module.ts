import { Module } from '@nestjs/common';
import { ANSWER_STORE, type AnswerStore } from './answer-store.js';
import { CacheSettings } from './cache-settings.js';
import { DatabaseStore } from './database-store.js';
import { MemoryStore } from './memory-store.js';
import { RedisStore } from './redis-store.js';
import { ANSWER_LOCKS, ResponseCache } from './response-cache.js';
import { ConfigurationError, provideSettings } from '../config/settings.js';
import { LOG, type Log } from '../observability/log.js';
import { RedisLink } from '../redis/redis-link.js';
import { RedisLocks, type SharedLocks } from '../redis/redis-locks.js';
import { RedisModule } from '../redis/redis.module.js';
import { Storage } from '../storage/storage.js';
import { StorageModule } from '../storage/storage.module.js';

@Module({
  imports: [RedisModule, StorageModule],
  providers: [
    provideSettings(CacheSettings),
    { provide: ANSWER_STORE, inject: [CacheSettings, RedisLink, Storage, LOG], useFactory: openStore },
    { provide: ANSWER_LOCKS, inject: [CacheSettings, RedisLink], useFactory: openLocks },
    ResponseCache,
  ],
  exports: [CacheSettings, ResponseCache],
})
export class CacheModule {}

/** @throws ConfigurationError */
function openStore(settings: CacheSettings, redis: RedisLink, storage: Storage, log: Log): AnswerStore {
  const { bytes } = settings;
  switch (storeOf(settings, redis)) {
    case 'memory':
      return new MemoryStore(bytes);
    case 'database':
      return new DatabaseStore(storage, bytes, log);
    case 'redis':
      if (!redis.configured) throw new ConfigurationError('SHELLM_CACHE_STORE: redis needs REDIS_URL');
      return new RedisStore(redis, bytes);
  }
}

/** Who keeps answers to itself shares no locks. */
function openLocks(settings: CacheSettings, redis: RedisLink): SharedLocks | undefined {
  return redis.configured && storeOf(settings, redis) !== 'memory' ? new RedisLocks(redis, 'shellm:{cache}:making') : undefined;
}

function storeOf({ store }: CacheSettings, { configured }: RedisLink): NonNullable<CacheSettings['store']> {
  return store ?? (configured ? 'redis' : 'memory');
}
