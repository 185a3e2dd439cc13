import { Module } from '@nestjs/common';
import { Budgets } from './budgets.js';
import { Prices } from './prices.js';
import { UnsentFile } from './unsent-file.js';
import { UsageCleanUp } from './usage-clean-up.js';
import { UsageLedger } from './usage-ledger.js';
import { UsageLog } from './usage-log.js';
import { UsageOverview } from './usage-overview.js';
import { UsageReport } from './usage-report.js';
import { UsageSettings } from './usage-settings.js';
import { UsageStore } from './usage-store.js';
import { ConfigFile } from '../config/config-file.js';
import { DATA_DIR } from '../config/data-dir.js';
import { provideSettings } from '../config/settings.js';
import { LOG, type Log } from '../observability/log.js';
import { RedisLink } from '../redis/redis-link.js';
import { RedisModule } from '../redis/redis.module.js';
import { Storage } from '../storage/storage.js';
import { StorageModule } from '../storage/storage.module.js';

@Module({
  imports: [StorageModule, RedisModule],
  providers: [
    provideSettings(UsageSettings),
    UsageCleanUp,
    { provide: Prices, inject: [ConfigFile], useFactory: (file: ConfigFile) => new Prices(file) },
    { provide: UsageStore, inject: [Storage], useFactory: (storage: Storage) => new UsageStore(storage) },
    { provide: UsageReport, inject: [Storage], useFactory: (storage: Storage) => new UsageReport(storage) },
    { provide: UsageOverview, inject: [Storage], useFactory: (storage: Storage) => new UsageOverview(storage) },
    { provide: UsageLog, inject: [Storage], useFactory: (storage: Storage) => new UsageLog(storage) },
    {
      provide: UsageLedger,
      inject: [UsageStore, DATA_DIR, LOG],
      useFactory: (store: UsageStore, dataDir: string, log: Log) => new UsageLedger(store, new UnsentFile(dataDir), log),
    },
    { provide: Budgets, inject: [UsageStore, UsageLedger, RedisLink], useFactory: (store: UsageStore, ledger: UsageLedger, redis: RedisLink) => new Budgets(store, ledger, redis) },
  ],
  exports: [UsageSettings, Prices, UsageLedger, UsageLog, UsageOverview, UsageReport, Budgets],
})
export class UsageModule {}
