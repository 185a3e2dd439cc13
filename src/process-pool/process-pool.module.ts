import { Module } from '@nestjs/common';
import { IsolationSettings } from './isolation-settings.js';
import { PoolSettings } from './pool-settings.js';
import { ProcessPool } from './process-pool.js';
import { provideSettings } from '../config/settings.js';

@Module({ providers: [provideSettings(PoolSettings), provideSettings(IsolationSettings), ProcessPool], exports: [ProcessPool] })
export class ProcessPoolModule {}
