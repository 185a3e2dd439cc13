import { Module } from '@nestjs/common';
import { EmbeddedEngine } from './embedded-engine.js';
import { JobQueue } from './job-queue.js';
import { QUEUE_ENGINE, type QueueEngine } from './queue-engine.js';
import { LOG, type Log } from '../observability/log.js';
import { StorageModule } from '../storage/storage.module.js';
import { StorageSettings } from '../storage/storage-settings.js';
import { Storage } from '../storage/storage.js';

@Module({
  imports: [StorageModule],
  providers: [
    {
      provide: QUEUE_ENGINE,
      inject: [StorageSettings, Storage, LOG],
      useFactory: async ({ databaseUrl }: StorageSettings, storage: Storage, log: Log): Promise<QueueEngine> =>
        databaseUrl === undefined ? new EmbeddedEngine(storage) : (await import('./pg-boss-engine.js')).PgBossEngine.open(databaseUrl, storage, log),
    },
    JobQueue,
  ],
  exports: [JobQueue],
})
export class JobQueueModule {}
