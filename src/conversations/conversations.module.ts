import { Module } from '@nestjs/common';
import { ConversationService } from './conversation.service.js';
import { provideSettings } from '../config/settings.js';
import { HistoriesModule } from '../histories/histories.module.js';
import { PoolSettings } from '../process-pool/pool-settings.js';
import { StorageModule } from '../storage/storage.module.js';

@Module({ imports: [HistoriesModule, StorageModule], providers: [provideSettings(PoolSettings), ConversationService], exports: [ConversationService] })
export class ConversationsModule {}
