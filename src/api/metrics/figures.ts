import { Injectable, type OnModuleInit } from '@nestjs/common';
import { figure, poolFigures } from './pool-figures.js';
import { providerFigures } from './provider-figures.js';
import { StoredFigures } from './stored-figures.js';
import { ProviderHealth } from '../../completion/provider-health.js';
import { packageVersion } from '../../config/package-version.js';
import { Admission } from '../../http/admission.js';
import { Metrics } from '../../observability/metrics/metrics.js';
import { ProcessPool } from '../../process-pool/process-pool.js';
import { ProviderRegistry } from '../../providers/provider-registry.js';
import { RedisLink } from '../../redis/redis-link.js';
import { UsageLedger } from '../../usage/usage-ledger.js';

/** The figures of the moment, from all over the house. */
@Injectable()
export class Figures implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly pool: ProcessPool,
    private readonly registry: ProviderRegistry,
    private readonly health: ProviderHealth,
    private readonly stored: StoredFigures,
    private readonly admission: Admission,
    private readonly ledger: UsageLedger,
    private readonly redis: RedisLink,
  ) {}

  onModuleInit(): void {
    const { metrics, pool, registry, health, stored, admission, ledger, redis } = this;
    for (const each of poolFigures(pool)) metrics.show(each);
    for (const each of providerFigures(registry, health)) metrics.show(each);
    for (const each of stored.figures) metrics.show(each);
    metrics.show(figure('shellm_http_requests_in_flight', 'Requests that are being answered, this one included.', () => admission.running));
    metrics.show(figure('shellm_ledger_rows_waiting', 'Completions that are not in the usage ledger yet.', () => ledger.waiting));
    metrics.show({
      name: 'shellm_redis_up',
      help: 'Whether Redis answers, where there is one.',
      labels: [],
      read: () => (redis.configured ? [[{}, Number(redis.usable)]] : []),
    });
    metrics.show({ name: 'shellm_build_info', help: 'The version that runs: 1.', labels: ['version'], read: () => [[{ version: packageVersion }, 1]] });
    metrics.showWaits('interactive', pool.slots.waits.interactive);
    metrics.showWaits('background', pool.slots.waits.background);
  }
}
