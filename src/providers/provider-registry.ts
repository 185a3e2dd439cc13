import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { PROVIDERS, type Provider, type ProviderFamily } from './provider.js';
import { ProviderSettings } from './provider-settings.js';
import { ConfigFile } from '../config/config-file.js';
import { ConfigurationError } from '../config/settings.js';

/** The provider that stands in where there is no other. */
const DEMO = 'demo';
const DEFAULT_CHAIN: readonly string[] = ['claude', 'gemini', 'cerebras'];

interface Table {
  /** Every provider the gateway knows, switched on or not, in the order of `registered.ts`. */
  readonly known: readonly Provider[];
  /** Those that may serve: named by `SHELLM_PROVIDERS`, else all but an unneeded demo. */
  readonly enabled: readonly Provider[];
  readonly byId: ReadonlyMap<string, Provider>;
  readonly enabledIds: ReadonlySet<string>;
}

const empty: Table = { known: [], enabled: [], byId: new Map(), enabledIds: new Set() };

/** The providers there are, and which of them are switched on: by the environment at start, and by the configuration file as it is now. */
@Injectable()
export class ProviderRegistry implements OnApplicationBootstrap {
  readonly defaultProvider: string | undefined;
  readonly fallbackChain: readonly string[];
  readonly #named: ReadonlySet<string> | undefined;
  #table = empty;
  /** Whether the demo stands in: decided once, at start. */
  #demo: boolean | undefined;
  #started = false;

  constructor(
    @Inject(PROVIDERS) sources: readonly (Provider | ProviderFamily)[],
    private readonly settings: ProviderSettings,
    file: ConfigFile,
  ) {
    this.defaultProvider = settings.defaultProvider;
    this.fallbackChain = settings.fallbackChain ?? DEFAULT_CHAIN;
    this.#named = settings.providers && new Set(settings.providers);
    file.use((candidate) => {
      const next = this.#tableOf(sources.flatMap((source) => ('providers' in source ? source.providers(candidate) : [source])));
      return () => {
        this.#install(next);
      };
    });
  }

  onApplicationBootstrap(): void {
    this.#started = true;
    for (const provider of this.enabled) provider.start?.();
  }

  get known(): readonly Provider[] {
    return this.#table.known;
  }

  get enabled(): readonly Provider[] {
    return this.#table.enabled;
  }

  get(id: string): Provider | undefined {
    return this.#table.byId.get(id);
  }

  isEnabled(id: string): boolean {
    return this.#table.enabledIds.has(id);
  }

  /** Those whose state `/health` tells: named by the operator, or configured; the demo only where it stands alone. */
  get observed(): readonly Provider[] {
    const relevant = this.enabled.filter(({ id, configured }) => configured || this.#named?.has(id));
    const others = relevant.filter(({ id }) => id !== DEMO);
    return others.length > 0 ? others : relevant;
  }

  #tableOf(known: readonly Provider[]): Table {
    const byId = new Map(known.map((provider) => [provider.id, provider]));
    this.#checkNames(byId);
    const demo = this.#demo ?? !known.some(({ id, configured }) => id !== DEMO && configured);
    const enabled = known.filter(({ id }) => this.#named?.has(id) ?? (id !== DEMO || demo));
    return { known, enabled, byId, enabledIds: new Set(enabled.map(({ id }) => id)) };
  }

  #install(next: Table): void {
    const before = this.#table;
    this.#table = next;
    this.#demo ??= next.enabledIds.has(DEMO);
    if (!this.#started) return;
    for (const provider of before.enabled) if (!next.enabled.includes(provider)) provider.retire?.();
    for (const provider of next.enabled) if (!before.enabled.includes(provider)) provider.start?.();
  }

  #checkNames(known: ReadonlyMap<string, Provider>): void {
    const { providers, defaultProvider, fallbackChain } = this.settings;
    const names: [string, readonly string[]][] = [
      ['SHELLM_PROVIDERS', providers ?? []],
      ['SHELLM_DEFAULT_PROVIDER', defaultProvider === undefined ? [] : [defaultProvider]],
      ['SHELLM_FALLBACK_CHAIN', fallbackChain ?? []],
    ];
    for (const [variable, ids] of names) {
      const unknown = ids.find((id) => !known.has(id));
      if (unknown !== undefined) throw new ConfigurationError(`${variable}: "${unknown.slice(0, 40)}" is no provider; there are ${[...known.keys()].join(', ')}`);
    }
  }
}
