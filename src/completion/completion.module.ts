import { Global, Module } from '@nestjs/common';
import { Attempt } from './attempt.js';
import { CachedAnswers } from './cached-answer.js';
import { CompletionService } from './completion.service.js';
import { ConversationTurn } from './conversation-turn.js';
import { Destination } from './destination.js';
import { ImageFetcher } from './image-fetcher.js';
import { Meter } from './meter.js';
import { ModelCatalogue } from './model-catalogue.js';
import { ProviderCatalogue } from './provider-catalogue.js';
import { ProviderHealth } from './provider-health.js';
import { RedactionSettings } from './redaction-settings.js';
import { REDACTOR } from './redactor.js';
import { Router } from './router.js';
import { StandIns } from './stand-ins.js';
import { CacheModule } from '../cache/cache.module.js';
import { provideSettings } from '../config/settings.js';
import { ConversationsModule } from '../conversations/conversations.module.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { createRedactor, passThroughRedactor } from '../redaction/create-redactor.js';
import { SchemaWorkerModule } from '../schema-worker/schema-worker.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsageModule } from '../usage/usage.module.js';

@Global()
@Module({
  imports: [CacheModule, ConversationsModule, ProvidersModule, SchemaWorkerModule, SessionsModule, UsageModule],
  providers: [
    provideSettings(RedactionSettings),
    { provide: REDACTOR, inject: [RedactionSettings], useFactory: ({ redact }: RedactionSettings) => (redact ? createRedactor() : passThroughRedactor) },
    Router,
    ProviderHealth,
    ImageFetcher,
    Attempt,
    StandIns,
    CachedAnswers,
    Meter,
    ConversationTurn,
    CompletionService,
    Destination,
    ModelCatalogue,
    ProviderCatalogue,
  ],
  exports: [CacheModule, CompletionService, Destination, ModelCatalogue, ProviderCatalogue, ProviderHealth, REDACTOR, ProvidersModule],
})
export class CompletionModule {}
