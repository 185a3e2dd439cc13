import { Backoff } from './backoff.js';
import { type Child } from './child.js';
import { type LaunchSpec } from './launch-spec.js';
import { type Lease, SharedProcess } from './shared-process.js';
import { unlessAborted } from './unless-aborted.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type Log } from '../observability/log.js';

/** A program one process of which serves many chats at once. */
export interface SharedProcessSpec<C> {
  readonly launch: LaunchSpec;
  /** Makes a started program ready to take work, and reads its lines from then on. Rejects where it cannot: the child is ended. */
  connect(child: Child, signal: AbortSignal): Promise<C>;
  readonly connectTimeoutMs: number;
  /** What a process may have served, hold and last before a successor takes its place. */
  readonly maxUses: number;
  readonly maxRssBytes: number;
  readonly maxAgeMs: number;
}

export interface SharedPoolOptions {
  /** Whether a process waits ready before the first chat and after the last. */
  readonly warm: boolean;
  /** Without `warm`: how long a process without a chat stays. */
  readonly idleMs: number;
  /** How long after a lease the successor of an old process is started: the turn's first moments go before. */
  readonly successorDelayMs?: number;
  readonly backoffMs?: number;
  readonly backoffCapMs?: number;
}

const defaults = { successorDelayMs: 300, backoffMs: 500, backoffCapMs: 60_000 };

/** The process of one program that serves everybody, and its successor: at most two at a time take work. */
export class SharedPool<C> {
  readonly #spec: SharedProcessSpec<C>;
  readonly #options: Required<SharedPoolOptions>;
  readonly #launch: (spec: LaunchSpec) => Promise<Child>;
  readonly #backoff: Backoff;
  #current: SharedProcess<C> | undefined;
  #starting: Promise<SharedProcess<C>> | undefined;
  /** Every process that is not gone: the current one, and old ones that finish their chats. */
  readonly #processes = new Set<SharedProcess<C>>();
  #restart: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;
  #succession: NodeJS.Timeout | undefined;
  readonly #closed = new AbortController();

  constructor(
    spec: SharedProcessSpec<C>,
    options: SharedPoolOptions,
    launch: (spec: LaunchSpec) => Promise<Child>,
    private readonly log: Log,
  ) {
    this.#spec = spec;
    this.#options = { ...defaults, ...options };
    this.#launch = launch;
    this.#backoff = new Backoff(this.#options.backoffMs, this.#options.backoffCapMs);
  }

  /** Whose processes they are, in figures. */
  get group(): string {
    const { group, name } = this.#spec.launch;
    return group ?? name;
  }

  /** Processes that are ready for a chat: 0 or 1. */
  get warm(): number {
    return this.#current?.usable ? 1 : 0;
  }

  /** The connection of the process that serves now, for a question beside the chats; undefined where none runs. */
  get connection(): C | undefined {
    return this.#current?.usable ? this.#current.connection : undefined;
  }

  /** Begins to keep a process ready. For a provider that knows itself usable. */
  warmUp(): void {
    if (this.#options.warm && !this.#closed.signal.aborted) this.#prepare();
  }

  /** Replaces the process that serves now, where one does: what it was started with has changed. */
  renew(): void {
    const { current } = this;
    if (current) this.#replace(current);
  }

  /**
   * A place for one chat in the process that serves now, which is started where there is none; who comes meanwhile waits for the same start.
   *
   * @throws GatewayError where the program does not start, `shutting_down`; the signal's reason when it is aborted
   */
  async lease(signal: AbortSignal): Promise<Lease<C>> {
    for (;;) {
      signal.throwIfAborted();
      if (this.#closed.signal.aborted) throw shuttingDown();
      const { current } = this;
      if (current) return this.#leaseOf(current);
      await unlessAborted(this.#start(), signal);
    }
  }

  /** Ends every process and starts no more. */
  async drain(): Promise<void> {
    this.#closed.abort(shuttingDown());
    clearTimeout(this.#restart);
    clearTimeout(this.#idle);
    clearTimeout(this.#succession);
    this.#current = undefined;
    await Promise.all([...this.#processes].map((process) => process.end('shutdown')));
    await this.#starting?.catch(() => undefined);
  }

  private get current(): SharedProcess<C> | undefined {
    if (this.#current && !this.#current.usable) this.#current = undefined;
    return this.#current;
  }

  #leaseOf(process: SharedProcess<C>): Lease<C> {
    clearTimeout(this.#idle);
    const lease = process.lease();
    if (process.isOld) this.#replaceSoon(process);
    return lease;
  }

  #replaceSoon(old: SharedProcess<C>): void {
    this.#succession ??= setTimeout(() => {
      this.#succession = undefined;
      if (this.current === old) this.#replace(old);
    }, this.#options.successorDelayMs).unref();
  }

  /** The old one serves until its successor is ready. */
  #replace(old: SharedProcess<C>): void {
    if (this.#starting) return;
    this.#start().then(
      () => {
        old.retire('recycled');
      },
      (error: unknown) => {
        this.log.warn({ err: error, program: this.#spec.launch.name }, 'the successor of a process did not start');
      },
    );
  }

  #start(): Promise<SharedProcess<C>> {
    this.#starting ??= this.#open().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  async #open(): Promise<SharedProcess<C>> {
    const { launch, connectTimeoutMs } = this.#spec;
    const child = await this.#launch(launch);
    const timeout = AbortSignal.timeout(connectTimeoutMs);
    try {
      const signal = AbortSignal.any([timeout, this.#closed.signal]);
      const connection = await unlessAborted(this.#spec.connect(child, signal), signal);
      this.#closed.signal.throwIfAborted();
      return this.#install(child, connection);
    } catch (error) {
      void child.end('failed', { gentle: false });
      this.#backoff.failed();
      throw timeout.aborted ? notReady(launch.name, error) : error;
    }
  }

  #install(child: Child, connection: C): SharedProcess<C> {
    const process = new SharedProcess(child, connection, this.#spec, () => {
      this.#becameIdle();
    });
    this.#processes.add(process);
    this.#current = process;
    void child.exited.then((exit) => {
      this.#processes.delete(process);
      if (exit.reason === undefined || exit.reason === 'mute' || exit.reason === 'disk-limit') this.#crashed(process, exit);
      else if (this.#options.warm && !this.#closed.signal.aborted) this.#prepare(); // it was ended, and may have no successor yet
    });
    this.#becameIdle();
    return process;
  }

  #crashed(process: SharedProcess<C>, exit: unknown): void {
    this.log.warn({ program: this.#spec.launch.name, exit }, 'a shared process exited');
    if (process.child.ageMs > this.#options.backoffCapMs) this.#backoff.reset();
    this.#backoff.failed();
    if (this.#options.warm) this.#prepare();
  }

  /** Starts one in the background, after a while where the last ones failed. */
  #prepare(): void {
    clearTimeout(this.#restart);
    this.#restart = setTimeout(() => {
      if (this.current || this.#closed.signal.aborted) return;
      this.#start().catch((error: unknown) => {
        if (this.#closed.signal.aborted) return;
        this.log.warn({ err: error, program: this.#spec.launch.name }, 'a warm process did not start');
        this.#prepare();
      });
    }, this.#backoff.delayMs).unref();
  }

  #becameIdle(): void {
    clearTimeout(this.#idle);
    if (this.#options.warm || this.#closed.signal.aborted) return;
    this.#idle = setTimeout(() => {
      const { current } = this;
      if (!current?.idle) return;
      this.#current = undefined;
      current.retire('expired');
    }, this.#options.idleMs).unref();
  }
}

function shuttingDown(): GatewayError {
  return new GatewayError('shutting_down', 'The gateway is shutting down.', { retryAfter: 5 });
}

function notReady(name: string, cause: unknown): GatewayError {
  return new GatewayError('provider_unavailable', `${name} is unavailable: its program does not become ready.`, { retryAfter: 60, cause });
}
