import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Children } from './children.js';
import { ExclusivePool, type ExclusivePoolOptions } from './exclusive-pool.js';
import { type LaunchSpec } from './launch-spec.js';
import { LiveProcesses } from './live-processes.js';
import { PoolSettings } from './pool-settings.js';
import { reap } from './reaper.js';
import { TurnSlots } from './turn-slots.js';
import { DATA_DIR } from '../config/data-dir.js';
import { LOG, type Log } from '../observability/log.js';

export interface PoolCapacity {
  readonly active: number;
  readonly max: number;
  readonly queued: number;
  readonly max_queued: number;
  readonly warm: number;
}

/** All programs the gateway runs, and the right to run them. It knows commands, lines and signals; no HTTP and no model. */
@Injectable()
export class ProcessPool implements OnModuleInit, OnApplicationShutdown {
  readonly slots: TurnSlots;
  readonly live: LiveProcesses;
  readonly #children: Children;
  readonly #exclusive: ExclusivePool[] = [];
  #drained: Promise<void> | undefined;

  constructor(
    private readonly settings: PoolSettings,
    @Inject(DATA_DIR) private readonly dataDir: string,
    @Inject(LOG) private readonly log: Log,
  ) {
    const { maxConcurrent, queueDepth, queueTimeoutMs, liveMax, liveTtlMs } = settings;
    this.slots = new TurnSlots({ max: maxConcurrent, queueDepth, queueTimeoutMs });
    this.live = new LiveProcesses({ max: liveMax, ttlMs: liveTtlMs });
    this.#children = new Children(dataDir);
  }

  /** Ends what a killed gateway left behind. */
  async onModuleInit(): Promise<void> {
    const killed = await reap(this.dataDir);
    if (killed > 0) this.log.warn({ killed }, 'ended processes that a killed gateway had left behind');
  }

  /** The HTTP server is closed by now. */
  async onApplicationShutdown(): Promise<void> {
    await this.drain();
  }

  /** Children of one program that serve one conversation each. Nothing is started before `warmUp()` or the first `take()`. */
  exclusive(spec: LaunchSpec, options: Partial<ExclusivePoolOptions> = {}): ExclusivePool {
    const pool = new ExclusivePool(spec, { warm: this.settings.warm, ...options }, (launched) => this.#children.launch(launched), this.log);
    this.#exclusive.push(pool);
    return pool;
  }

  capacity(): PoolCapacity {
    const { active, queued, limits } = this.slots;
    return { active, max: limits.max, queued, max_queued: limits.queueDepth, warm: this.#exclusive.reduce((sum, { warm }) => sum + warm, 0) };
  }

  /** Refuses those that wait, and ends every child: waiting, kept and running. Resolves when nothing is left. */
  drain(): Promise<void> {
    this.#drained ??= this.#drain();
    return this.#drained;
  }

  async #drain(): Promise<void> {
    this.slots.close();
    await Promise.all([...this.#exclusive.map((pool) => pool.drain()), this.live.drain(), this.#children.close('shutdown')]);
  }
}
