import { Module } from '@nestjs/common';
import { PROVIDERS, type Provider } from './provider.js';
import { ProviderRegistry } from './provider-registry.js';
import { ProviderSettings } from './provider-settings.js';
import { registered } from './registered.js';
import { provideSettings } from '../config/settings.js';
import { ProcessPoolModule } from '../process-pool/process-pool.module.js';

@Module({
  imports: [ProcessPoolModule],
  providers: [
    provideSettings(ProviderSettings),
    ...registered.flatMap(({ settings, provider }) => [...(settings ? [provideSettings(settings)] : []), provider]),
    { provide: PROVIDERS, useFactory: (...providers: Provider[]) => providers, inject: registered.map(({ provider }) => provider) },
    ProviderRegistry,
  ],
  exports: [ProviderRegistry, ProcessPoolModule],
})
export class ProvidersModule {}
