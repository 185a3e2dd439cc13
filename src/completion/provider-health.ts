import { Injectable } from '@nestjs/common';
import { type BreakerState, CircuitBreaker } from './circuit-breaker.js';
import { type Provider, type ProviderStatus } from '../providers/provider.js';
import { ProviderRegistry } from '../providers/provider-registry.js';

const STATUS_AGE_MS = 30_000;
/** A probe that takes longer tells as much as one that fails. */
const PROBE_TIMEOUT_MS = 15_000;

interface Known {
  readonly breaker: CircuitBreaker;
  state: Promise<ProviderStatus> | undefined;
  /** The latest that a probe told. */
  latest: ProviderStatus | undefined;
  probedAt: number;
}

export interface ProviderKnowledge {
  /** Whether a request could go there now. */
  readonly up: boolean;
  /** What the latest probe told; undefined before the first one. */
  readonly latest: ProviderStatus | undefined;
  readonly breaker: BreakerState;
}

/** What is known of the providers' health: a state each, kept 30 s and asked for once at a time, and a circuit breaker each. Probes cost no tokens. */
@Injectable()
export class ProviderHealth {
  readonly #known = new WeakMap<Provider, Known>();

  constructor(private readonly registry: ProviderRegistry) {}

  breaker(provider: Provider): CircuitBreaker {
    return this.#of(provider).breaker;
  }

  /** Whether it is known, from memory, to be down: skipped where another one is looked for. */
  isDown(provider: Provider): boolean {
    const { breaker, latest, probedAt } = this.#of(provider);
    return !provider.usable(false) || breaker.open || (latest?.status === 'unavailable' && performance.now() - probedAt < STATUS_AGE_MS);
  }

  /** What is known of a provider, from memory. */
  known(provider: Provider): ProviderKnowledge {
    const { breaker, latest } = this.#of(provider);
    return { up: !this.isDown(provider), latest, breaker: breaker.state };
  }

  /** Asks the providers whose states are too old, with nobody waiting. */
  refresh(): void {
    for (const provider of this.registry.observed) void this.#state(provider);
  }

  /** The states of the providers that `/health` tells of. */
  async states(): Promise<Readonly<Record<string, ProviderStatus>>> {
    const entries = this.registry.observed.map(async (provider) => [provider.id, await this.state(provider)] as const);
    return Object.fromEntries(await Promise.all(entries));
  }

  /** The state of a provider, as `/health` tells it. */
  async state(provider: Provider): Promise<ProviderStatus> {
    return this.#withBreaker(provider, await this.#state(provider));
  }

  #state(provider: Provider): Promise<ProviderStatus> {
    const known = this.#of(provider);
    if (!known.state || performance.now() - known.probedAt > STATUS_AGE_MS) {
      known.probedAt = performance.now();
      known.state = probe(provider).then((status) => (known.latest = status));
    }
    return known.state;
  }

  #withBreaker(provider: Provider, status: ProviderStatus): ProviderStatus {
    const breaker = this.breaker(provider);
    if (!breaker.open || status.status === 'unavailable') return status;
    return { ...status, status: 'unavailable', detail: `It failed several times in a row and is left alone for ${breaker.retryAfter} s.` };
  }

  #of(provider: Provider): Known {
    const known = this.#known.get(provider) ?? { breaker: new CircuitBreaker(), state: undefined, latest: undefined, probedAt: -Infinity };
    this.#known.set(provider, known);
    return known;
  }
}

async function probe(provider: Provider): Promise<ProviderStatus> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<ProviderStatus>((resolve) => {
    timer = setTimeout(() => {
      resolve(unknownStatus());
    }, PROBE_TIMEOUT_MS).unref();
  });
  try {
    return await Promise.race([provider.status(), late]);
  } catch {
    return unknownStatus();
  } finally {
    clearTimeout(timer);
  }
}

/** A probe that fails tells nothing about its provider but that. */
function unknownStatus(): ProviderStatus {
  return { status: 'unavailable', installed: true, authenticated: false, detail: 'Its state could not be found out.' };
}
