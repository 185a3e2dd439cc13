import { type Claim, type QueueEngine } from './queue-engine.js';
import { insist } from './insist.js';
import { DatabaseAwayError } from '../storage/database-away.js';
import { type Log } from '../observability/log.js';

/** A claimed entry. */
export interface Task {
  readonly id: string;
  /** Aborted where the work is to end: with a {@link GivenBack}, or a {@link ClaimLost}. */
  readonly signal: AbortSignal;
}

/** The gateway shuts down: somebody else goes on with it. */
export class GivenBack extends Error {
  override readonly name = 'GivenBack';
}

/** The entry was cancelled, or another instance has it. */
export class ClaimLost extends Error {
  override readonly name = 'ClaimLost';
}

/** `done`, or when it is to be done again. */
export type TaskEnd = 'done' | { readonly againInMs: number };

/** Does what an entry asks for, perhaps not for the first time. Where it rejects it is done again, after a pause. */
export type TaskHandler = (task: Task) => Promise<TaskEnd>;

export interface WorkerOptions {
  readonly queue: string;
  /** Entries at once, on this instance. */
  readonly concurrency: number;
}

/** Before an entry is tried again whose work failed, and before the engine is asked again that failed. Milliseconds. */
const AFTER_FAILURE_MS = 5000;
const LONGEST_PAUSE_MS = 15_000;
const MAX_DUES = 100;

interface Running {
  readonly claim: Claim;
  readonly abort: AbortController;
  readonly over: Promise<void>;
}

/** Works on the entries of one queue on this instance: claims them, renews the claims, ends them. */
export class QueueWorker {
  readonly #running = new Map<string, Running>();
  #resume: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  /** When there is something to look for that is known of here. */
  #dues: number[] = [];
  #stopped = false;
  #failures = 0;
  #loop: Promise<void> | undefined;
  #renewing: NodeJS.Timeout | undefined;

  constructor(
    private readonly engine: QueueEngine,
    private readonly options: WorkerOptions,
    private readonly handle: TaskHandler,
    private readonly log: Log,
  ) {}

  start(): void {
    this.#loop ??= this.#work();
    this.#renewing ??= setInterval(() => void this.#renew(), this.engine.renewMs).unref();
  }

  /** Looks for entries now, and again after `delayMs`. */
  nudge(delayMs = 0): void {
    // What is not noted is found when it is time to look.
    if (this.#dues.length < MAX_DUES) this.#dues.push(performance.now() + delayMs);
    // While the database is away, who nudges is no reason to ask it sooner, or later.
    if (this.#failures === 0) this.#arm();
  }

  /** Ends the work on an entry that was cancelled. */
  drop(id: string): void {
    this.#running.get(id)?.abort.abort(new ClaimLost());
  }

  /** Claims nothing any more. Resolves when all that runs is over; what still runs after `graceMs` milliseconds is given back. */
  async stop(graceMs: number): Promise<void> {
    this.#stopped = true;
    this.#arm();
    const timer = setTimeout(() => {
      for (const { abort } of this.#running.values()) abort.abort(new GivenBack());
    }, graceMs);
    await this.#loop;
    await Promise.all([...this.#running.values()].map(({ over }) => over));
    clearTimeout(timer);
    clearTimeout(this.#timer);
    clearInterval(this.#renewing);
  }

  async #work(): Promise<void> {
    while (!this.#stopped) {
      const free = this.options.concurrency - this.#running.size;
      const claimed = free > 0 ? await this.#claim(free) : 0;
      if (claimed < free || free === 0) await this.#sleep();
    }
  }

  /** Resolves with how many there were. */
  async #claim(limit: number): Promise<number> {
    const now = performance.now();
    this.#dues = this.#dues.filter((due) => due > now);
    try {
      const claims = await this.engine.claim(this.options.queue, limit);
      if (this.#failures > 0) this.log.debug({ queue: this.options.queue }, 'the queue can be read again');
      this.#failures = 0;
      for (const claim of claims) this.#begin(claim);
      return claims.length;
    } catch (error) {
      // The database says itself that it is away.
      if (this.#failures === 0 && !(error instanceof DatabaseAwayError)) this.log.warn({ err: error, queue: this.options.queue }, 'the queue cannot be read: it is tried again');
      this.#failures += 1;
      return 0;
    }
  }

  /** Until something is due, or it is time to look what others have added. */
  #sleep(): Promise<void> {
    return new Promise((resolve) => {
      this.#resume = resolve;
      this.#arm();
    });
  }

  #arm(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#resume();
    }, this.#pauseMs).unref();
  }

  get #pauseMs(): number {
    const { pollMs } = this.engine;
    if (this.#stopped) return 0;
    if (this.#failures > 0) return Math.min(LONGEST_PAUSE_MS, pollMs * 2 ** (this.#failures - 1));
    return Math.max(0, Math.min(pollMs, ...this.#dues.map((due) => due - performance.now())));
  }

  #begin(claim: Claim): void {
    const abort = new AbortController();
    const over = this.#run(claim, abort.signal).finally(() => {
      this.#running.delete(claim.id);
      this.nudge();
    });
    this.#running.set(claim.id, { claim, abort, over });
    if (this.#stopped) abort.abort(new GivenBack());
  }

  /** Never rejects. */
  async #run(claim: Claim, signal: AbortSignal): Promise<void> {
    const { queue } = this.options;
    const end = await this.#handled(claim, signal);
    if (end === 'lost') return;
    try {
      await insist(
        () => (end === 'done' ? this.engine.complete(queue, claim) : this.engine.release(queue, claim, end.againInMs)),
        // A claim that is not ended here ends by itself, and what it was for is done once more.
        signal.aborted ? AbortSignal.timeout(1000) : signal,
        (error) => {
          this.#warn(error, claim);
        },
      );
      if (end !== 'done') this.nudge(end.againInMs);
    } catch (error) {
      this.#warn(error, claim);
    }
  }

  async #handled({ id }: Claim, signal: AbortSignal): Promise<TaskEnd | 'lost'> {
    try {
      return await this.handle({ id, signal });
    } catch (error) {
      if (signal.reason instanceof ClaimLost) return 'lost';
      if (signal.reason instanceof GivenBack) return { againInMs: 0 };
      if (!(error instanceof DatabaseAwayError)) this.log.error({ err: error, queue: this.options.queue, entry: id }, 'work from a queue failed: it is tried again');
      return { againInMs: AFTER_FAILURE_MS };
    }
  }

  async #renew(): Promise<void> {
    const running = [...this.#running.values()];
    if (running.length === 0) return;
    try {
      const held = await this.engine.renew(
        this.options.queue,
        running.map(({ claim }) => claim),
      );
      for (const { claim, abort } of running) if (!held.has(claim.id)) abort.abort(new ClaimLost());
    } catch {
      // It says nothing of who has them.
    }
  }

  #warn(error: unknown, { id }: Claim): void {
    if (error instanceof DatabaseAwayError || error instanceof GivenBack || error instanceof ClaimLost) return;
    this.log.warn({ err: error, queue: this.options.queue, entry: id }, 'an entry of the queue cannot be written: it is tried again');
  }
}
