import { Injectable } from '@nestjs/common';
import { packageVersion } from '../config/package-version.js';
import { ProcessPool } from '../process-pool/process-pool.js';
import { type ProviderStatus } from '../providers/provider.js';
import { ProviderRegistry } from '../providers/provider-registry.js';

const STATUS_AGE_MS = 30_000;

export interface HealthReport {
  readonly status: 'ready' | 'degraded' | 'unavailable';
  readonly version: string;
  readonly uptime_seconds: number;
  readonly providers: Readonly<Record<string, ProviderStatus>>;
  readonly capacity: ReturnType<ProcessPool['capacity']>;
}

/** The state of the gateway: provider states are kept 30 s and asked for once at a time, capacity and uptime are of the moment. */
@Injectable()
export class HealthService {
  #states: Promise<Readonly<Record<string, ProviderStatus>>> | undefined;
  #askedAt = -Infinity;

  constructor(
    private readonly registry: ProviderRegistry,
    private readonly pool: ProcessPool,
  ) {}

  async report(): Promise<HealthReport> {
    const providers = await this.#providers();
    const states = Object.values(providers);
    const usable = states.filter(({ status }) => status === 'ready').length;
    return {
      status: usable === 0 ? 'unavailable' : usable < states.length ? 'degraded' : 'ready',
      version: packageVersion,
      uptime_seconds: Math.floor(process.uptime()),
      providers,
      capacity: this.pool.capacity(),
    };
  }

  #providers(): Promise<Readonly<Record<string, ProviderStatus>>> {
    if (!this.#states || performance.now() - this.#askedAt > STATUS_AGE_MS) {
      this.#askedAt = performance.now();
      this.#states = this.#probe();
    }
    return this.#states;
  }

  async #probe(): Promise<Readonly<Record<string, ProviderStatus>>> {
    const entries = this.registry.observed.map(async (provider) => [provider.id, await provider.status().catch(unknownStatus)] as const);
    return Object.fromEntries(await Promise.all(entries));
  }
}

/** A probe that fails tells nothing about its provider but that. */
function unknownStatus(): ProviderStatus {
  return { status: 'unavailable', installed: true, authenticated: false, detail: 'Its state could not be found out.' };
}
