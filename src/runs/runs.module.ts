import { Module } from '@nestjs/common';
import { ResponseRuns } from './response-runs.js';
import { RunSettings } from './run-settings.js';
import { provideSettings } from '../config/settings.js';
import { StorageModule } from '../storage/storage.module.js';

@Module({ imports: [StorageModule], providers: [provideSettings(RunSettings), ResponseRuns], exports: [ResponseRuns] })
export class RunsModule {}
