import { Module } from '@nestjs/common';
import { PoolSettings } from './pool-settings.js';
import { ProcessPool } from './process-pool.js';
import { provideSettings } from '../config/settings.js';

@Module({ providers: [provideSettings(PoolSettings), ProcessPool], exports: [ProcessPool] })
export class ProcessPoolModule {}
