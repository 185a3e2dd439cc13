import { Module } from '@nestjs/common';
import { BatchSettings } from './batch-settings.js';
import { BatchesService } from './batches.service.js';
import { AuthModule } from '../../auth/auth.module.js';
import { provideSettings } from '../../config/settings.js';
import { FilesModule } from '../../files/files.module.js';
import { JobQueueModule } from '../../job-queue/job-queue.module.js';
import { StorageModule } from '../../storage/storage.module.js';
import { RunsModule } from '../runs.module.js';

@Module({ imports: [AuthModule, FilesModule, JobQueueModule, RunsModule, StorageModule], providers: [provideSettings(BatchSettings), BatchesService], exports: [BatchesService] })
export class BatchesModule {}
