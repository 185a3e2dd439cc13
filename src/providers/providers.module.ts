import { Module, type Type } from '@nestjs/common';
import { PROVIDERS, type Provider, type ProviderDefinition, type ProviderFamily } from './provider.js';
import { ProviderRegistry } from './provider-registry.js';
import { ProviderSettings } from './provider-settings.js';
import { registered } from './registered.js';
import { provideSettings } from '../config/settings.js';
import { ProcessPoolModule } from '../process-pool/process-pool.module.js';
import { SchemaWorkerModule } from '../schema-worker/schema-worker.module.js';
import { ToolBridgeModule } from '../tool-bridge/tool-bridge.module.js';

function sourceOf(definition: ProviderDefinition): Type<Provider | ProviderFamily> {
  return 'family' in definition ? definition.family : definition.provider;
}

@Module({
  imports: [ProcessPoolModule, SchemaWorkerModule, ToolBridgeModule],
  providers: [
    provideSettings(ProviderSettings),
    ...registered.flatMap((definition) => [...(definition.settings ?? []).map((settings) => provideSettings(settings)), sourceOf(definition)]),
    { provide: PROVIDERS, useFactory: (...sources: (Provider | ProviderFamily)[]) => sources, inject: registered.map(sourceOf) },
    ProviderRegistry,
  ],
  exports: [ProviderRegistry, ProviderSettings, ProcessPoolModule],
})
export class ProvidersModule {}
