import { type DynamicModule, Module } from '@nestjs/common';
import { type DestinationStream } from 'pino';
import { BatchesApiModule } from './api/batches/batches.module.js';
import { CapabilitiesModule } from './api/capabilities/capabilities.module.js';
import { ChatModule } from './api/chat/chat.module.js';
import { CompletionsModule } from './api/completions/completions.module.js';
import { ConversationsApiModule } from './api/conversations/conversations.module.js';
import { EmbeddingsModule } from './api/embeddings/embeddings.module.js';
import { FilesApiModule } from './api/files/files.module.js';
import { JobsApiModule } from './api/jobs/jobs.module.js';
import { KeysModule } from './api/keys/keys.module.js';
import { LegacyCompletionsModule } from './api/legacy-completions/legacy-completions.module.js';
import { MessagesModule } from './api/messages/messages.module.js';
import { MetricsModule } from './api/metrics/metrics.module.js';
import { ModelsModule } from './api/models/models.module.js';
import { QuotaModule } from './api/quota/quota.module.js';
import { ResponsesModule } from './api/responses/responses.module.js';
import { SessionsApiModule } from './api/sessions/sessions.module.js';
import { TemplatesApiModule } from './api/templates/templates.module.js';
import { UsageApiModule } from './api/usage/usage-api.module.js';
import { CompletionModule } from './completion/completion.module.js';
import { ConfigModule } from './config/config.module.js';
import { type Environment } from './config/environment.js';
import { DashboardModule } from './dashboard/dashboard.module.js';
import { HealthModule } from './health/health.module.js';
import { HttpModule } from './http/http.module.js';
import { ObservabilityModule } from './observability/observability.module.js';
import { Reload } from './reload.js';
import { RunsModule } from './runs/runs.module.js';

@Module({})
export class AppModule {
  /** @param logTo where the log's lines go in place of stdout */
  static forRoot(environment?: Environment, logTo?: DestinationStream): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(environment),
        logTo ? ObservabilityModule.to(logTo) : ObservabilityModule,
        CompletionModule,
        HttpModule,
        RunsModule,
        ResponsesModule,
        EmbeddingsModule,
        LegacyCompletionsModule,
        FilesApiModule,
        BatchesApiModule,
        ChatModule,
        CompletionsModule,
        MessagesModule,
        ModelsModule,
        CapabilitiesModule,
        QuotaModule,
        SessionsApiModule,
        TemplatesApiModule,
        ConversationsApiModule,
        JobsApiModule,
        KeysModule,
        UsageApiModule,
        MetricsModule,
        HealthModule,
        DashboardModule,
      ],
      providers: [Reload],
    };
  }
}
