import { Module } from '@nestjs/common';
import { RedisLink } from '../redis/redis-link.js';
import { RedisLocks, type SharedLocks } from '../redis/redis-locks.js';
import { RedisModule } from '../redis/redis.module.js';

/** Token of the {@link SharedLocks} of histories, undefined where instances share none. */
export const HISTORY_LOCKS = Symbol('HISTORY_LOCKS');

@Module({
  imports: [RedisModule],
  providers: [
    {
      provide: HISTORY_LOCKS,
      inject: [RedisLink],
      useFactory: (redis: RedisLink): SharedLocks | undefined => (redis.configured ? new RedisLocks(redis, 'shellm:{histories}:turn') : undefined),
    },
  ],
  exports: [HISTORY_LOCKS],
})
export class HistoriesModule {}
