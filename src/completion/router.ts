import { Injectable } from '@nestjs/common';
import { type Aliases, resolveAliases } from './aliases.js';
import { mayUse } from './may-use.js';
import { byName, byProviderPrefix, type Route, routeModel, type RouteRequest, type Routes } from './route-model.js';
import { type Client } from '../auth/client.js';
import { ConfigFile } from '../config/config-file.js';
import { type FileSettings } from '../config/file-settings.js';
import { ProviderRegistry } from '../providers/provider-registry.js';

/** Routes requests by the providers and aliases that there are now. */
@Injectable()
export class Router {
  #aliases: Aliases = new Map();

  constructor(
    private readonly registry: ProviderRegistry,
    file: ConfigFile,
  ) {
    file.use((candidate) => {
      // The registry's table is still the one of the file before: what comes of the file is asked of the candidate.
      const before = new Set(idsIn(file.current));
      const ids = [...registry.known.map(({ id }) => id).filter((id) => !before.has(id)), ...idsIn(candidate)];
      const next = resolveAliases(candidate, (name) => ids.some((id) => name === id || name.startsWith(`${id}/`)));
      return () => {
        this.#aliases = next;
      };
    });
  }

  get aliases(): Aliases {
    return this.#aliases;
  }

  /** @throws GatewayError for a request that leads nowhere */
  route(request: RouteRequest, client: Client): Route {
    return routeModel(request, this.#routesOf(client));
  }

  /** What a bare name leads to, whoever would serve it; undefined where it leads nowhere. */
  find(model: string, client: Client): Route | undefined {
    const nothing = { claudeMode: false, headerProvider: undefined, bodyProvider: undefined, credential: false, session: undefined };
    return byName({ ...nothing, model }, this.#routesOf(client));
  }

  /** The models that an alias leads to, in order. */
  targetsOf(alias: string): Route['target'][] {
    return (this.#aliases.get(alias) ?? []).flatMap((target) => byProviderPrefix(target, this.registry.known) ?? []);
  }

  #routesOf(client: Client): Routes {
    const { registry } = this;
    const { known, enabled, defaultProvider } = registry;
    return { known, enabled, defaultProvider, aliases: this.#aliases, mayUse: (id) => mayUse(client, id, registry.get(id.provider)) };
  }
}

/** The providers that the configuration file names. */
function idsIn({ providers, acp }: FileSettings): string[] {
  return [...providers.keys(), ...[...acp.keys()].map((name) => `acp/${name}`)];
}
