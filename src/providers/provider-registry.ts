import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { PROVIDERS, type Provider } from './provider.js';
import { ProviderSettings } from './provider-settings.js';
import { ConfigurationError } from '../config/settings.js';

/** The provider that stands in where there is no other. */
const DEMO = 'demo';

/** The providers there are, and which of them are switched on: decided once, at start. */
@Injectable()
export class ProviderRegistry implements OnApplicationBootstrap {
  /** Every provider the gateway knows, switched on or not, in the order of `registered.ts`. */
  readonly known: readonly Provider[];
  /** Those that may serve: named by `SHELLM_PROVIDERS`, else all but an unneeded demo. */
  readonly enabled: readonly Provider[];
  readonly defaultProvider: string | undefined;
  readonly #byId: ReadonlyMap<string, Provider>;
  readonly #enabledIds: ReadonlySet<string>;
  readonly #named: ReadonlySet<string>;

  constructor(@Inject(PROVIDERS) providers: readonly Provider[], settings: ProviderSettings) {
    this.known = providers;
    this.#byId = new Map(providers.map((provider) => [provider.id, provider]));
    for (const id of settings.providers ?? []) this.#check('SHELLM_PROVIDERS', id);
    if (settings.defaultProvider !== undefined) this.#check('SHELLM_DEFAULT_PROVIDER', settings.defaultProvider);
    this.defaultProvider = settings.defaultProvider;
    const others = providers.some(({ id, configured }) => id !== DEMO && configured);
    this.enabled = settings.providers ? providers.filter(({ id }) => settings.providers?.includes(id)) : providers.filter(({ id }) => id !== DEMO || !others);
    this.#named = new Set(settings.providers);
    this.#enabledIds = new Set(this.enabled.map(({ id }) => id));
  }

  onApplicationBootstrap(): void {
    for (const provider of this.enabled) provider.start?.();
  }

  get(id: string): Provider | undefined {
    return this.#byId.get(id);
  }

  isEnabled(id: string): boolean {
    return this.#enabledIds.has(id);
  }

  /** Those whose state `/health` tells: named by the operator, or configured; the demo only where it stands alone. */
  get observed(): readonly Provider[] {
    const relevant = this.enabled.filter(({ id, configured }) => configured || this.#named.has(id));
    const others = relevant.filter(({ id }) => id !== DEMO);
    return others.length > 0 ? others : relevant;
  }

  #check(variable: string, id: string): void {
    if (this.#byId.has(id)) return;
    throw new ConfigurationError(`${variable}: "${id.slice(0, 40)}" is no provider; there are ${[...this.#byId.keys()].join(', ')}`);
  }
}
