import { Global, Module } from '@nestjs/common';
import { CompletionService, REDACTOR } from './completion.service.js';
import { ModelCatalogue } from './model-catalogue.js';
import { provideSettings } from '../config/settings.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { createRedactor, passThroughRedactor } from '../redaction/create-redactor.js';
import { RedactionSettings } from '../redaction/redaction-settings.js';

@Global()
@Module({
  imports: [ProvidersModule],
  providers: [
    provideSettings(RedactionSettings),
    { provide: REDACTOR, inject: [RedactionSettings], useFactory: ({ redact }: RedactionSettings) => (redact ? createRedactor() : passThroughRedactor) },
    CompletionService,
    ModelCatalogue,
  ],
  exports: [CompletionService, ModelCatalogue, REDACTOR, ProvidersModule],
})
export class CompletionModule {}
