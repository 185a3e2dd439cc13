import { Module } from '@nestjs/common';
import { RedisLink } from './redis-link.js';
import { RedisSettings } from './redis-settings.js';
import { provideSettings } from '../config/settings.js';
import { LOG, type Log } from '../observability/log.js';

@Module({
  providers: [
    provideSettings(RedisSettings),
    { provide: RedisLink, inject: [RedisSettings, LOG], useFactory: ({ redisUrl }: RedisSettings, log: Log) => RedisLink.open(redisUrl, log) },
  ],
  exports: [RedisLink],
})
export class RedisModule {}
