import { type Provider } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { ApiKeyGuard } from './api-key.guard.js';
import { GatewayErrorFilter } from './gateway-error.filter.js';
import { RateLimitGuard } from './rate-limit.guard.js';

/** Of every route, in this order: who is it, may it, then how often; and what becomes of an error. */
export const globalGuards: readonly Provider[] = [
  { provide: APP_GUARD, useClass: ApiKeyGuard },
  { provide: APP_GUARD, useClass: RateLimitGuard },
  { provide: APP_FILTER, useClass: GatewayErrorFilter },
];
