import { Global, Module } from '@nestjs/common';
import { Admission } from './admission.js';
import { BodyRoom } from './body-room.js';
import { globalGuards } from './global-guards.js';
import { Once } from './idempotency/once.js';
import { KeyCheck } from './key-check.js';
import { ListRedactor } from './list-redactor.js';
import { MetricsSettings } from './metrics-settings.js';
import { OperationReply } from './operation-reply.js';
import { OriginPolicy } from './origin-policy.js';
import { RequestLog } from './request-log.js';
import { RequestRate } from './request-rate.js';
import { RouteTable } from './route-table.js';
import { AuthModule } from '../auth/auth.module.js';
import { provideSettings } from '../config/settings.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { RateLimitModule } from '../rate-limit/rate-limit.module.js';

@Global()
@Module({
  imports: [AuthModule, IdempotencyModule, RateLimitModule],
  providers: [
    provideSettings(MetricsSettings),
    Admission,
    BodyRoom,
    KeyCheck,
    ListRedactor,
    Once,
    OperationReply,
    OriginPolicy,
    RequestLog,
    RequestRate,
    RouteTable,
    ...globalGuards,
  ],
  exports: [Admission, BodyRoom, IdempotencyModule, KeyCheck, ListRedactor, Once, OperationReply, OriginPolicy, RequestLog, RequestRate, RouteTable],
})
export class HttpModule {}
