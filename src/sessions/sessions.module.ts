import { Module } from '@nestjs/common';
import { SessionSettings } from './session-settings.js';
import { SessionService } from './session.service.js';
import { provideSettings } from '../config/settings.js';
import { HistoriesModule } from '../histories/histories.module.js';
import { PoolSettings } from '../process-pool/pool-settings.js';
import { StorageModule } from '../storage/storage.module.js';

@Module({ imports: [HistoriesModule, StorageModule], providers: [provideSettings(SessionSettings), provideSettings(PoolSettings), SessionService], exports: [SessionService] })
export class SessionsModule {}
