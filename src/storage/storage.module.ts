import { Module } from '@nestjs/common';
import { StorageSettings } from './storage-settings.js';
import { Storage } from './storage.js';
import { DATA_DIR } from '../config/data-dir.js';
import { provideSettings } from '../config/settings.js';
import { LOG, type Log } from '../observability/log.js';

@Module({
  providers: [
    provideSettings(StorageSettings),
    {
      provide: Storage,
      inject: [StorageSettings, DATA_DIR, LOG],
      useFactory: ({ databaseUrl }: StorageSettings, dataDir: string, log: Log) => Storage.open(databaseUrl, dataDir, log),
    },
  ],
  exports: [Storage, StorageSettings],
})
export class StorageModule {}
