import { Module } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { Concurrency } from './concurrency.js';
import { Leases } from './leases.js';
import { LimitSettings } from './limit-settings.js';
import { RequestWindows, WINDOW_MS } from './request-windows.js';
import { WrongKeys } from './wrong-keys.js';
import { provideSettings } from '../config/settings.js';
import { RedisLink } from '../redis/redis-link.js';
import { RedisModule } from '../redis/redis.module.js';

@Module({
  imports: [
    ThrottlerModule.forRootAsync({
      imports: [RedisModule],
      inject: [RedisLink],
      // The limits are decided per request, by http/rate-limit.guard.ts.
      useFactory: (redis: RedisLink) => ({
        storage: new RequestWindows(redis),
        throttlers: [
          { name: 'client', ttl: WINDOW_MS, limit: 0 },
          { name: 'global', ttl: WINDOW_MS, limit: 0 },
        ],
      }),
    }),
    RedisModule,
  ],
  providers: [provideSettings(LimitSettings), { provide: Leases, inject: [RedisLink], useFactory: (redis: RedisLink) => new Leases(redis) }, Concurrency, WrongKeys],
  exports: [ThrottlerModule, LimitSettings, Concurrency, WrongKeys],
})
export class RateLimitModule {}
