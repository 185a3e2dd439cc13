import { Injectable } from '@nestjs/common';
import { aliases } from './model-names.js';
import { byName } from './route-model.js';
import { type Client } from '../auth/client.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { formatModelId, modelMatches } from '../kernel/model-id.js';
import { ProviderRegistry } from '../providers/provider-registry.js';

export interface CatalogueEntry {
  readonly id: string;
  readonly ownedBy: string;
}

/** What a client may ask for: every model of every usable provider, and the aliases that lead to one. */
@Injectable()
export class ModelCatalogue {
  constructor(private readonly registry: ProviderRegistry) {}

  list(client: Client): CatalogueEntry[] {
    const models = this.registry.enabled
      .filter((provider) => provider.usable(false))
      .flatMap((provider) => provider.models().map((model) => ({ id: formatModelId({ provider: provider.id, model }), ownedBy: provider.id })))
      .filter(({ id }) => mayUse(client, id));
    const ids = new Set(models.map(({ id }) => id));
    const names = [...aliases].filter(([, target]) => ids.has(target)).map(([name]) => ({ id: name, ownedBy: 'shellm' }));
    return [...models, ...names];
  }

  /**
   * One model by its full name, an alias, or a bare name that leads to one.
   *
   * @throws GatewayError `model_not_found`
   */
  find(name: string, client: Client): CatalogueEntry {
    const listed = this.list(client).find(({ id }) => id === name);
    if (listed) return listed;
    const id = byName({ model: name, claudeMode: false, headerProvider: undefined, bodyProvider: undefined, credential: false }, this.registry);
    const resolved = id && this.list(client).find((entry) => entry.id === formatModelId(id));
    if (resolved) return { id: name, ownedBy: resolved.ownedBy };
    throw new GatewayError('model_not_found', `The model "${name.slice(0, 80)}" does not exist.`, { param: 'model' });
  }
}

function mayUse({ models }: Client, id: string): boolean {
  const [provider = ''] = id.split('/', 1);
  return models?.some((pattern) => modelMatches(pattern, { provider, model: id.slice(provider.length + 1) })) ?? true;
}
