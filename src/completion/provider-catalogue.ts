import { Injectable } from '@nestjs/common';
import { mayUse } from './may-use.js';
import { type Client } from '../auth/client.js';
import { type Provider } from '../providers/provider.js';
import { ProviderRegistry } from '../providers/provider-registry.js';

/** The providers of which a client may use something. */
@Injectable()
export class ProviderCatalogue {
  constructor(private readonly registry: ProviderRegistry) {}

  list(client: Client): readonly Provider[] {
    return this.registry.enabled.filter((provider) => provider.configured && this.#serves(client, provider));
  }

  /** By its models, and by a pattern that covers all or some of it. */
  #serves(client: Client, provider: Provider): boolean {
    const { id, defaultModel } = provider;
    const known = [defaultModel, ...provider.models()].some((model) => mayUse(client, { provider: id, model }, provider));
    return known || (client.models ?? []).some((pattern) => pattern.startsWith(`${id}/`));
  }
}
