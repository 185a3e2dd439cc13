import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Children } from './children.js';
import { ExclusivePool, type ExclusivePoolOptions } from './exclusive-pool.js';
import { Isolation } from './isolation.js';
import { IsolationSettings } from './isolation-settings.js';
import { type LaunchSpec } from './launch-spec.js';
import { LiveEntries } from './live-entries.js';
import { LiveProcesses } from './live-processes.js';
import { PoolSettings } from './pool-settings.js';
import { reap } from './reaper.js';
import { SharedPool, type SharedProcessSpec } from './shared-pool.js';
import { TurnSlots } from './turn-slots.js';
import { DATA_DIR } from '../config/data-dir.js';
import { ServerSettings } from '../config/server-settings.js';
import { LOG, type Log } from '../observability/log.js';

export interface PoolCapacity {
  readonly active: number;
  readonly max: number;
  readonly queued: number;
  readonly max_queued: number;
  readonly warm: number;
}

/** The processes of one provider. */
export interface ProcessCensus {
  readonly running: number;
  /** Of them, those that wait ready. */
  readonly warm: number;
  /** Of them, those that wait for their conversation's next turn. */
  readonly kept: number;
  /** What the processes themselves hold, in bytes; those in a sandbox are not looked into. */
  readonly memory: number;
}

/** Conversations that are kept in shared processes, a provider's share: far less than a process each. */
const THREADS_PER_PROCESS = 16;

/** Of a request's time, that it may wait for its turn. */
const QUEUE_SHARE = 0.9;

/** What a pool is asked for at the end. */
interface Pool {
  readonly group: string;
  readonly warm: number;
  drain(): Promise<void>;
}

/** All programs the gateway runs, and the right to run them. It knows commands, lines and signals; no HTTP and no model. */
@Injectable()
export class ProcessPool implements OnModuleInit, OnApplicationShutdown {
  readonly slots: TurnSlots;
  readonly live: LiveProcesses;
  readonly isolation: Isolation;
  readonly #children: Children;
  readonly #pools: Pool[] = [];
  #drained: Promise<void> | undefined;

  constructor(
    private readonly settings: PoolSettings,
    @Inject(DATA_DIR) private readonly dataDir: string,
    @Inject(LOG) private readonly log: Log,
    { requestTimeoutMs }: ServerSettings,
    isolation: IsolationSettings = new IsolationSettings(),
  ) {
    const { maxConcurrent, queueDepth, queueTimeoutMs, liveMax, liveTtlMs } = settings;
    // Before a request's own time is over: that would look as if its provider had been silent.
    this.slots = new TurnSlots({ max: maxConcurrent, queueDepth, queueTimeoutMs: Math.min(queueTimeoutMs, Math.ceil(requestTimeoutMs * QUEUE_SHARE)) });
    this.live = new LiveProcesses({ max: liveMax, ttlMs: liveTtlMs });
    this.isolation = new Isolation(isolation, dataDir, (why) => {
      this.log.warn(`SHELLM_SANDBOX=auto: the CLIs run without a sandbox, ${why}`);
    });
    this.#children = new Children(this.isolation.folder, {}, this.isolation);
  }

  /** Ends what a killed gateway left behind. */
  async onModuleInit(): Promise<void> {
    // Also where it was before a user was set, or is no more.
    const killed = (await reap(this.dataDir)) + (await reap(`${this.dataDir}-children`));
    if (killed > 0) this.log.warn({ killed }, 'ended processes that a killed gateway had left behind');
  }

  /** The HTTP server is closed by now. */
  async onApplicationShutdown(): Promise<void> {
    await this.drain();
  }

  /** Children of one program that serve one conversation each. Nothing is started before `warmUp()` or the first `take()`. */
  exclusive(spec: LaunchSpec, options: Partial<ExclusivePoolOptions> = {}): ExclusivePool {
    const busy = (): boolean => this.slots.active > 0;
    const pool = new ExclusivePool(spec, { warm: this.settings.warm, busy, ...options }, (launched) => this.#children.launch(launched), this.log);
    this.#pools.push(pool);
    return pool;
  }

  /** One program that serves many chats in one process. Nothing is started before `warmUp()` or the first `lease()`. */
  shared<C>(spec: SharedProcessSpec<C>): SharedPool<C> {
    const { warm, liveTtlMs } = this.settings;
    const pool = new SharedPool(spec, { warm: warm > 0, idleMs: liveTtlMs }, (launched) => this.#children.launch(launched), this.log);
    this.#pools.push(pool);
    return pool;
  }

  /** Conversations kept in a shared process for their next turn. They go with their process. */
  threads<T>(alive: (thread: T) => boolean, drop: (thread: T) => void): LiveEntries<T> {
    const { max, ttlMs } = this.live.limits;
    return new LiveEntries({ max: max * THREADS_PER_PROCESS, ttlMs }, alive, drop);
  }

  capacity(): PoolCapacity {
    const { active, queued, limits } = this.slots;
    return { active, max: limits.max, queued, max_queued: limits.queueDepth, warm: this.#pools.reduce((sum, { warm }) => sum + warm, 0) };
  }

  /** The processes of each provider, by its id. */
  census(): ReadonlyMap<string, ProcessCensus> {
    const groups = new Map<string, { -readonly [Figure in keyof ProcessCensus]: number }>();
    const of = (group: string): { -readonly [Figure in keyof ProcessCensus]: number } => {
      const known = groups.get(group) ?? { running: 0, warm: 0, kept: 0, memory: 0 };
      groups.set(group, known);
      return known;
    };
    for (const { group, warm } of this.#pools) of(group).warm += warm;
    for (const { group } of this.live.all) of(group).kept += 1;
    for (const child of this.#children.all) {
      const figures = of(child.group);
      figures.running += 1;
      figures.memory += child.cheapMemory ?? 0;
    }
    return groups;
  }

  /** Refuses those that wait, and ends every child: waiting, kept and running. Resolves when nothing is left. */
  drain(): Promise<void> {
    this.#drained ??= this.#drain();
    return this.#drained;
  }

  async #drain(): Promise<void> {
    this.slots.close();
    await Promise.all([...this.#pools.map((pool) => pool.drain()), this.live.drain(), this.#children.close('shutdown')]);
  }
}
