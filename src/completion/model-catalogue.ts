import { Injectable } from '@nestjs/common';
import { mayUse } from './may-use.js';
import { Router } from './router.js';
import { type Client } from '../auth/client.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { formatModelId, type ModelId } from '../kernel/model-id.js';
import { ProviderRegistry } from '../providers/provider-registry.js';

export interface CatalogueEntry {
  readonly id: string;
  readonly ownedBy: string;
}

/** What a client may ask for: every model of every usable provider, and the aliases that lead to one. */
@Injectable()
export class ModelCatalogue {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly router: Router,
  ) {}

  list(client: Client): CatalogueEntry[] {
    const models = this.registry.enabled
      .filter((provider) => provider.usable(false))
      .flatMap((provider) => provider.models().map((model) => ({ provider: provider.id, model })))
      .filter((id) => this.#mayUse(client, id))
      .map((id) => ({ id: formatModelId(id), ownedBy: id.provider }));
    const names = [...this.router.aliases.keys()].filter((name) => this.router.targetsOf(name).some((id) => this.#serves(client, id)));
    return [...models, ...names.map((name) => ({ id: name, ownedBy: 'shellm' }))];
  }

  /**
   * One model by its full name, an alias, or a bare name that leads to one.
   *
   * @throws GatewayError `model_not_found`
   */
  find(name: string, client: Client): CatalogueEntry {
    const listed = this.list(client).find(({ id }) => id === name);
    if (listed) return listed;
    const target = this.router.find(name, client)?.target;
    const resolved = target && this.list(client).find(({ id }) => id === formatModelId(target));
    if (resolved) return { id: name, ownedBy: resolved.ownedBy };
    throw new GatewayError('model_not_found', `The model "${name.slice(0, 80)}" does not exist.`, { param: 'model' });
  }

  #serves(client: Client, id: ModelId): boolean {
    return this.registry.isEnabled(id.provider) && this.registry.get(id.provider)?.usable(false) === true && this.#mayUse(client, id);
  }

  #mayUse(client: Client, id: ModelId): boolean {
    return mayUse(client, id, this.registry.get(id.provider));
  }
}
