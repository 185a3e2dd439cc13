import { Backoff } from './backoff.js';
import { type Child } from './child.js';
import { type LaunchSpec } from './launch-spec.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type Log } from '../observability/log.js';
import { cleanTail } from '../redaction/clean-words.js';

export interface ExclusivePoolOptions {
  /** Children that wait ready; 0: none is started before it is needed. */
  readonly warm: number;
  /** How old a child must be to count as warm: how long the program takes to start. The next one is not started earlier either. */
  readonly warmAfterMs?: number;
  /** How long after a take its successor is started: the turn's first token goes before. */
  readonly refillDelayMs?: number;
  /** A waiting child is replaced when it is so old. */
  readonly maxAgeMs?: number;
  /** Waits after a waiting child that exited, or did not start: doubled each time, up to the cap. */
  readonly backoffMs?: number;
  readonly backoffCapMs?: number;
  /** Asked at hand-out beside `child.alive`. */
  readonly healthy?: (child: Child) => boolean;
  /** Told of each child as soon as it runs, whether it is to wait or not. Must not throw. */
  readonly onLaunch?: (child: Child) => void;
}

/** Of a child's stderr, in the log. Characters. */
const MAX_LAST_WORDS = 4000;

const defaults = {
  warmAfterMs: 500,
  refillDelayMs: 300,
  maxAgeMs: 30 * 60_000,
  backoffMs: 500,
  backoffCapMs: 60_000,
  healthy: (): boolean => true,
  onLaunch: (): void => undefined,
};

/** Children of one program that serve one conversation each. Some wait warm, so that a request does not pay for the program's start. */
export class ExclusivePool {
  readonly #name: string;
  /** Whose processes they are, in figures. */
  readonly group: string;
  readonly #launch: () => Promise<Child>;
  readonly #options: Required<ExclusivePoolOptions>;
  readonly #backoff: Backoff;
  /** Oldest first. */
  readonly #spares: Child[] = [];
  #filling = false;
  #refill: NodeJS.Timeout | undefined;
  #drained = false;

  constructor(
    spec: LaunchSpec,
    options: ExclusivePoolOptions,
    launch: (spec: LaunchSpec) => Promise<Child>,
    private readonly log: Log,
  ) {
    this.#name = spec.name;
    this.group = spec.group ?? spec.name;
    this.#options = { ...defaults, ...options };
    this.#launch = async () => {
      const child = await launch(spec);
      this.#options.onLaunch(child);
      return child;
    };
    this.#backoff = new Backoff(this.#options.backoffMs, this.#options.backoffCapMs);
  }

  /** Children that wait and have had the time to start. */
  get warm(): number {
    return this.#spares.filter((child) => child.alive && child.ageMs >= this.#options.warmAfterMs).length;
  }

  /** Begins to keep warm children; a first `take` does too. For a provider that knows itself usable. */
  warmUp(): void {
    this.#fill(0);
  }

  /**
   * The longest-waiting healthy child, else a new one. It is the caller's to end.
   *
   * @throws GatewayError `provider_unavailable` where the program does not start, `shutting_down`; the signal's reason when it is aborted
   */
  async take(signal: AbortSignal): Promise<Child> {
    signal.throwIfAborted();
    if (this.#drained) throw new GatewayError('shutting_down', 'The gateway is shutting down.', { retryAfter: 5 });
    const spare = this.#healthySpare();
    this.#fill(this.#options.refillDelayMs);
    if (spare) return spare;
    const child = await this.#launch();
    if (signal.aborted) {
      void child.end('cancelled', { gentle: false });
      signal.throwIfAborted();
    }
    return child;
  }

  /** Ends the waiting children and starts no more. */
  async drain(): Promise<void> {
    this.#drained = true;
    clearTimeout(this.#refill);
    await Promise.all(this.#spares.splice(0).map((child) => child.end('shutdown', { gentle: false })));
  }

  #healthySpare(): Child | undefined {
    for (let child = this.#spares.shift(); child; child = this.#spares.shift()) {
      if (child.alive && this.#options.healthy(child)) {
        this.#backoff.reset();
        return child;
      }
      this.#backoff.failed();
      void child.end('unhealthy', { gentle: false });
    }
    return undefined;
  }

  /** Starts what is missing, one after the other. */
  #fill(delayMs: number): void {
    if (this.#filling || this.#drained || this.#spares.length >= this.#options.warm) return;
    this.#filling = true;
    this.#refill = setTimeout(
      () => {
        void this.#spawnSpare().then((waitMs) => {
          this.#filling = false;
          this.#fill(waitMs);
        });
      },
      Math.max(delayMs, this.#backoff.delayMs),
    ).unref();
  }

  /** Resolves with how long to wait before the next one. */
  async #spawnSpare(): Promise<number> {
    try {
      const child = await this.#launch();
      if (this.#drained) void child.end('shutdown', { gentle: false });
      else this.#keep(child);
    } catch (error) {
      this.#backoff.failed();
      this.log.warn({ err: error, program: this.#name }, 'a warm process did not start');
    }
    return this.#options.warmAfterMs;
  }

  #keep(child: Child): void {
    this.#spares.push(child);
    const retire = setTimeout(() => {
      if (!this.#drop(child)) return;
      void child.end('recycled', { gentle: false });
      this.#fill(0);
    }, this.#options.maxAgeMs).unref();
    void child.exited.then((exit) => {
      clearTimeout(retire);
      if (!this.#drop(child)) return;
      // Not the first crash after a long, good wait counts, but those in a row.
      if (child.ageMs > this.#options.backoffCapMs) this.#backoff.reset();
      this.#backoff.failed();
      this.log.warn({ program: this.#name, exit: { ...exit, stderrTail: cleanTail(exit.stderrTail, MAX_LAST_WORDS) } }, 'a warm process exited');
      this.#fill(0);
    });
  }

  /** False: it was not waiting any more. */
  #drop(child: Child): boolean {
    const index = this.#spares.indexOf(child);
    if (index === -1) return false;
    this.#spares.splice(index, 1);
    return true;
  }
}
