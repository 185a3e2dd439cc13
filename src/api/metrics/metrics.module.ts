import { Module } from '@nestjs/common';
import { Figures } from './figures.js';
import { MetricsController } from './metrics.controller.js';
import { StoredFigures } from './stored-figures.js';
import { ProcessPoolModule } from '../../process-pool/process-pool.module.js';
import { RedisModule } from '../../redis/redis.module.js';
import { JobsModule } from '../../runs/jobs/jobs.module.js';
import { SessionsModule } from '../../sessions/sessions.module.js';
import { UsageModule } from '../../usage/usage.module.js';

@Module({
  imports: [JobsModule, ProcessPoolModule, RedisModule, SessionsModule, UsageModule],
  controllers: [MetricsController],
  providers: [Figures, StoredFigures],
})
export class MetricsModule {}
