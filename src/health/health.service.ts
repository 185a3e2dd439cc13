import { Injectable } from '@nestjs/common';
import { ProviderHealth } from '../completion/provider-health.js';
import { packageVersion } from '../config/package-version.js';
import { ProcessPool } from '../process-pool/process-pool.js';
import { type ProviderStatus } from '../providers/provider.js';

export interface HealthReport {
  readonly status: 'ready' | 'degraded' | 'unavailable';
  readonly version: string;
  readonly uptime_seconds: number;
  readonly providers: Readonly<Record<string, ProviderStatus>>;
  readonly capacity: ReturnType<ProcessPool['capacity']>;
}

/** The state of the gateway: provider states are up to 30 s old, capacity and uptime are of the moment. */
@Injectable()
export class HealthService {
  constructor(
    private readonly health: ProviderHealth,
    private readonly pool: ProcessPool,
  ) {}

  async report(): Promise<HealthReport> {
    const providers = await this.health.states();
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
}
