import { availableMemory } from 'node:process';
import { Backoff } from './backoff.js';
import { type Child } from './child.js';
import { type LaunchSpec } from './launch-spec.js';
import { Demand, nextStep, type WarmRules, type WarmView } from './warm-policy.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type Log } from '../observability/log.js';
import { cleanTail } from '../redaction/clean-words.js';

export interface ExclusivePoolOptions {
  /** The most children that wait ready; 0: none is started before it is needed. */
  readonly warm: number;
  /** How old a child must be to count as warm: how long the program takes to start. The next one is not started earlier either. */
  readonly warmAfterMs?: number;
  /** How long after a take its successor is started: the turn's first token goes before. */
  readonly refillDelayMs?: number;
  /** A waiting child is replaced when it is so old, by one that is started while nobody's turn runs. */
  readonly maxAgeMs?: number;
  /** Waits after a waiting child that exited, or did not start: doubled each time, up to the cap. */
  readonly backoffMs?: number;
  readonly backoffCapMs?: number;
  /** Whether a turn runs, of whichever program. */
  readonly busy?: () => boolean;
  /** Bytes that are free, for this process and its children. */
  readonly freeBytes?: () => number;
  /** Asked at hand-out beside `child.alive`. */
  readonly healthy?: (child: Child) => boolean;
  /** Told of each child as soon as it runs, whether it is to wait or not. Must not throw. */
  readonly onLaunch?: (child: Child) => void;
}

/** Of a child's stderr, in the log. Characters. */
const MAX_LAST_WORDS = 4000;

/** What a spare takes, before one was looked at. */
const USUAL_BYTES = 180 * 1024 ** 2;

const defaults = {
  warmAfterMs: 500,
  refillDelayMs: 300,
  maxAgeMs: 30 * 60_000,
  backoffMs: 500,
  backoffCapMs: 60_000,
  busy: (): boolean => false,
  freeBytes: availableMemory,
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
  readonly #rules: WarmRules;
  readonly #backoff: Backoff;
  /** Oldest first. */
  readonly #spares: Child[] = [];
  readonly #demand: Demand;
  /** Started last, for whatever end: it tells what one takes. */
  #youngest: Child | undefined;
  #lastStart = -Infinity;
  #lastTake = -Infinity;
  #lastUse = -Infinity;
  #notBefore = -Infinity;
  #starting = false;
  #nextLook: NodeJS.Timeout | undefined;
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
    const { warm: max, warmAfterMs, refillDelayMs, maxAgeMs, backoffMs, backoffCapMs, onLaunch } = this.#options;
    this.#rules = { max, warmAfterMs, refillDelayMs, maxAgeMs };
    this.#launch = async () => {
      this.#lastStart = performance.now();
      const child = await launch(spec);
      this.#youngest = child;
      onLaunch(child);
      return child;
    };
    this.#backoff = new Backoff(backoffMs, backoffCapMs);
    this.#demand = new Demand(refillDelayMs + warmAfterMs);
  }

  /** Children that wait and have had the time to start. */
  get warm(): number {
    return this.#spares.filter((child) => child.alive && child.ageMs >= this.#options.warmAfterMs).length;
  }

  /** Begins to keep warm children; a first `take` does too. For a provider that knows itself usable. */
  warmUp(): void {
    this.#lastUse = performance.now();
    this.#look();
  }

  /**
   * The longest-waiting healthy child, else a new one. It is the caller's to end.
   *
   * @throws GatewayError `provider_unavailable` where the program does not start, `shutting_down`; the signal's reason when it is aborted
   */
  async take(signal: AbortSignal): Promise<Child> {
    signal.throwIfAborted();
    if (this.#drained) throw new GatewayError('shutting_down', 'The gateway is shutting down.', { retryAfter: 5 });
    this.#lastTake = this.#lastUse = performance.now();
    this.#demand.taken(this.#lastTake);
    const taken = this.#healthySpare() ?? this.#launch(); // begun before the look, which minds it
    this.#look();
    const child = await taken;
    if (signal.aborted) {
      void child.end('cancelled', { gentle: false });
      signal.throwIfAborted();
    }
    return child;
  }

  /** Ends the waiting children and starts no more. */
  async drain(): Promise<void> {
    this.#drained = true;
    clearTimeout(this.#nextLook);
    await Promise.all(this.#spares.splice(0).map((child) => child.end('shutdown', { gentle: false })));
  }

  #healthySpare(): Child | undefined {
    for (let child = this.#spares.shift(); child; child = this.#spares.shift()) {
      if (child.alive && this.#options.healthy(child)) {
        this.#backoff.reset();
        this.#notBefore = -Infinity;
        return child;
      }
      this.#failed();
      void child.end('unhealthy', { gentle: false });
    }
    return undefined;
  }

  /** Does what the policy says, and looks again when that has changed something. */
  #look(): void {
    clearTimeout(this.#nextLook);
    if (this.#drained || this.#starting || this.#options.warm === 0) return;
    const step = nextStep(this.#rules, this.#view());
    if (step.do === 'start') {
      void this.#spawnSpare();
    } else if (step.do === 'end') {
      void this.#spares.shift()?.end('recycled', { gentle: false });
      this.#look();
    } else {
      this.#nextLook = setTimeout(() => {
        this.#look();
      }, step.ms).unref();
    }
  }

  #view(): WarmView {
    const now = performance.now();
    const youngest = this.#youngest;
    const { busy, freeBytes } = this.#options;
    return {
      now,
      ages: this.#spares.map(({ ageMs }) => ageMs),
      lastStart: this.#lastStart,
      lastTake: this.#lastTake,
      lastUse: this.#lastUse,
      notBefore: this.#notBefore,
      wanted: this.#demand.wanted(now),
      busy: busy(),
      // Read where the policy asks: these are files.
      get room(): number {
        const bytes = youngest?.cheapMemory ?? 0;
        return freeBytes() - (bytes > 0 ? bytes : USUAL_BYTES);
      },
    };
  }

  async #spawnSpare(): Promise<void> {
    this.#starting = true;
    try {
      const child = await this.#launch();
      if (this.#drained) void child.end('shutdown', { gentle: false });
      else this.#keep(child);
    } catch (error) {
      this.#failed();
      this.log.warn({ err: error, program: this.#name }, 'a warm process did not start');
    }
    this.#starting = false;
    this.#look();
  }

  #keep(child: Child): void {
    this.#spares.push(child);
    void child.exited.then((exit) => {
      if (!this.#drop(child)) return;
      // Not the first crash after a long, good wait counts, but those in a row.
      if (child.ageMs > this.#options.backoffCapMs) this.#backoff.reset();
      this.#failed();
      this.log.warn({ program: this.#name, exit: { ...exit, stderrTail: cleanTail(exit.stderrTail, MAX_LAST_WORDS) } }, 'a warm process exited');
      this.#look();
    });
  }

  #failed(): void {
    this.#backoff.failed();
    this.#notBefore = performance.now() + this.#backoff.delayMs;
  }

  /** False: it was not waiting any more. */
  #drop(child: Child): boolean {
    const index = this.#spares.indexOf(child);
    if (index === -1) return false;
    this.#spares.splice(index, 1);
    return true;
  }
}
