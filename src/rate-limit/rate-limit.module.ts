import { Module } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { Concurrency } from './concurrency.js';
import { LimitSettings } from './limit-settings.js';
import { SlidingWindowStorage } from './sliding-window-storage.js';
import { WrongKeys } from './wrong-keys.js';
import { provideSettings } from '../config/settings.js';

/** Both windows are a minute long; their limits are decided per request, by http/rate-limit.guard.ts. */
export const WINDOW_MS = 60_000;

@Module({
  imports: [
    ThrottlerModule.forRootAsync({
      useFactory: () => ({
        storage: new SlidingWindowStorage(),
        throttlers: [
          { name: 'client', ttl: WINDOW_MS, limit: 0 },
          { name: 'global', ttl: WINDOW_MS, limit: 0 },
        ],
      }),
    }),
  ],
  providers: [provideSettings(LimitSettings), Concurrency, WrongKeys],
  exports: [ThrottlerModule, LimitSettings, Concurrency, WrongKeys],
})
export class RateLimitModule {}
