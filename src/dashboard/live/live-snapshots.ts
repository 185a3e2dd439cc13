import { Injectable } from '@nestjs/common';
import { type Counts, StoredCounts } from './stored-counts.js';
import { AuthService } from '../../auth/auth.service.js';
import { instanceId } from '../../config/instance-id.js';
import { packageVersion } from '../../config/package-version.js';
import { Admission } from '../../http/admission.js';
import { type RequestContext } from '../../observability/request-context.js';
import { type PoolCapacity, ProcessPool } from '../../process-pool/process-pool.js';
import { ProviderRegistry } from '../../providers/provider-registry.js';

/** What changes all the time by itself. */
interface Clock {
  /** ISO 8601. */
  readonly at: string;
  readonly uptime_seconds: number;
  readonly memory_bytes: number;
}

interface Moment extends Partial<Counts> {
  readonly version: string;
  /** Names this process, until it ends. */
  readonly instance: string;
  readonly shutting_down: boolean;
  /** Requests that are being answered, without those that look at this. */
  readonly in_flight: number;
  readonly capacity: PoolCapacity & { readonly background_queued: number };
  /** Processes that wait for their conversation's next turn. */
  readonly kept: { readonly processes: number; readonly max: number };
  /** The processes of the CLIs that are switched on. */
  readonly providers: readonly { readonly id: string; readonly warm: number; readonly running: number }[];
  readonly clients: readonly { readonly name: string; readonly in_flight: number }[];
}

/** What runs at this moment: from memory, but for what only the database knows. */
@Injectable()
export class LiveSnapshots {
  constructor(
    private readonly admission: Admission,
    private readonly pool: ProcessPool,
    private readonly registry: ProviderRegistry,
    private readonly auth: AuthService,
    private readonly counts: StoredCounts,
  ) {}

  clock(): Clock {
    return { at: new Date().toISOString(), uptime_seconds: Math.floor(process.uptime()), memory_bytes: process.memoryUsage.rss() };
  }

  /** @param viewers requests that are not counted */
  moment(viewers: ReadonlySet<RequestContext>): Moment {
    const { slots, live } = this.pool;
    const running = this.admission.contexts.filter((context) => !viewers.has(context));
    return {
      version: packageVersion,
      instance: instanceId,
      shutting_down: this.admission.closing,
      in_flight: running.length,
      capacity: { ...this.pool.capacity(), background_queued: slots.queuedInBackground },
      kept: { processes: live.size, max: live.limits.max },
      providers: this.#processes(),
      clients: this.#clients(running),
      ...this.counts.latest,
    };
  }

  #processes(): Moment['providers'] {
    const census = this.pool.census();
    return this.registry.enabled.flatMap(({ id, kind }) => {
      if (kind !== 'cli') return [];
      const { warm = 0, running = 0 } = census.get(id) ?? {};
      return [{ id, warm, running }];
    });
  }

  #clients(running: readonly RequestContext[]): Moment['clients'] {
    const counts = new Map<string, number>();
    for (const { client } of running) if (client !== undefined) counts.set(client, (counts.get(client) ?? 0) + 1);
    return [...counts].map(([id, in_flight]) => ({ name: this.auth.find(id)?.name ?? id, in_flight }));
  }
}
