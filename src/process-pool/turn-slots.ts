import { type Waiter, WaitingLine } from './waiting-line.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { Distribution } from '../observability/metrics/distribution.js';

export interface TurnSlotLimits {
  /** Turns at once. */
  readonly max: number;
  /** Of one owner at once; as many as there are where it is left out. */
  readonly perOwner?: number;
  /** Requests that may wait for one. */
  readonly queueDepth: number;
  /** Milliseconds that each may wait. */
  readonly queueTimeoutMs: number;
}

/** The right to run one CLI turn. */
export interface TurnSlot {
  /** Gives it back. Only the first call counts: a stream's end, its abort and an error may all try. */
  release(): void;
}

interface SlotWaiter extends Waiter {
  readonly grant: (slot: TurnSlot) => void;
  readonly refuse: (reason: unknown) => void;
}

/** So often a background turn that has waited as long goes before the others, if no other one runs: under a steady load it would wait for ever. Milliseconds. */
const OVERDUE_MS = 60_000;

/**
 * Shares the turn slots out, and the places to wait for one: owners take turns, and each owner's requests go in order. Background turns wait in a line of their own
 * until nobody else does, and leave a slot to the others where there is more than one.
 */
export class TurnSlots {
  /** How long those that got a slot had waited for it. Seconds. */
  readonly waits = { interactive: new Distribution(), background: new Distribution() };
  readonly #waiting = new WaitingLine<SlotWaiter>();
  readonly #background = new WaitingLine<SlotWaiter>();
  readonly #running = new Map<string, number>();
  #active = 0;
  #activeInBackground = 0;
  #overdueAt = -Infinity;
  #closed = false;
  #usualTurnMs = 5000;

  /** @param name what a slot is called in errors */
  constructor(
    readonly limits: TurnSlotLimits,
    private readonly name = 'turn slot',
  ) {}

  get active(): number {
    return this.#active;
  }

  /** Those that somebody waits for. */
  get queued(): number {
    return this.#waiting.length;
  }

  get activeInBackground(): number {
    return this.#activeInBackground;
  }

  get queuedInBackground(): number {
    return this.#background.length;
  }

  /**
   * Waits for a slot.
   *
   * @param owner opaque: whom the slots are shared out fairly between
   * @param signal gives up the wait, which then rejects with its reason. A slot that was granted before is the caller's to release.
   * @throws GatewayError `queue_full` at once, or when another owner needs the place more; `timeout` after the wait, `shutting_down`
   */
  async acquire(owner: string, signal: AbortSignal): Promise<TurnSlot> {
    signal.throwIfAborted();
    if (this.#closed) throw shuttingDown();
    if (this.#active < this.limits.max && this.#mayRun(owner)) return this.#slot(owner, false, 0);
    if (this.#waiting.length >= this.limits.queueDepth && !this.#makeRoom(owner)) throw this.#full();
    return this.#wait(this.#waiting, owner, signal, this.limits.queueTimeoutMs);
  }

  /**
   * Waits for a slot for a turn that nobody waits for: it takes no place in the queue. How many of them wait is the callers' to limit.
   *
   * @param patienceMs how long it waits at most. Milliseconds.
   * @throws GatewayError `timeout` after the wait, `shutting_down`
   */
  async acquireLast(owner: string, signal: AbortSignal, patienceMs: number): Promise<TurnSlot> {
    signal.throwIfAborted();
    if (this.#closed) throw shuttingDown();
    if (this.#waiting.length === 0 && this.#background.length === 0 && this.#mayRunInBackground() && this.#mayRun(owner)) return this.#slot(owner, true, 0);
    return this.#wait(this.#background, owner, signal, patienceMs);
  }

  /** No slot is granted any more; those that wait are refused with `shutting_down`. Slots in use stay so until released. */
  close(): void {
    this.#closed = true;
    for (const waiter of [...this.#waiting.all, ...this.#background.all]) waiter.refuse(shuttingDown());
  }

  /** The last request of the owner with the most places makes room for one who has fewer. False: nobody has more than his share. */
  #makeRoom(owner: string): boolean {
    const last = this.#waiting.lastOfMost;
    if (!last || this.#waiting.waitingOf(last.owner) <= this.#waiting.waitingOf(owner) + 1) return false;
    last.refuse(this.#full());
    return true;
  }

  #full(): GatewayError {
    return new GatewayError('queue_full', `All ${this.name}s are taken and the queue is full.`, { retryAfter: this.#retryAfter() });
  }

  #wait(line: WaitingLine<SlotWaiter>, owner: string, signal: AbortSignal, timeoutMs: number): Promise<TurnSlot> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        line.leave(waiter);
      };
      const waiter: SlotWaiter = {
        owner,
        since: performance.now(),
        grant: (slot) => {
          settle();
          resolve(slot);
        },
        refuse: (reason) => {
          settle();
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- an AbortSignal's reason may be anything
          reject(reason);
        },
      };
      const onAbort = (): void => {
        waiter.refuse(signal.reason);
      };
      const timer = setTimeout(() => {
        waiter.refuse(new GatewayError('timeout', `No ${this.name} became free within ${timeoutMs} ms.`, { retryAfter: this.#retryAfter() }));
      }, timeoutMs);
      signal.addEventListener('abort', onAbort);
      line.add(waiter);
    });
  }

  readonly #mayRun = (owner: string): boolean => (this.#running.get(owner) ?? 0) < (this.limits.perOwner ?? Infinity);

  #mayRunInBackground(): boolean {
    return this.#active < this.limits.max && this.#activeInBackground < Math.max(1, this.limits.max - 1);
  }

  #count(owner: string, inBackground: boolean, by: 1 | -1): void {
    this.#active += by;
    if (inBackground) this.#activeInBackground += by;
    const running = (this.#running.get(owner) ?? 0) + by;
    if (running > 0) this.#running.set(owner, running);
    else this.#running.delete(owner);
  }

  /** @param waited in milliseconds */
  #slot(owner: string, inBackground: boolean, waited: number): TurnSlot {
    this.#count(owner, inBackground, 1);
    this.waits[inBackground ? 'background' : 'interactive'].observe(waited / 1000);
    const since = performance.now();
    let held = true;
    return {
      release: () => {
        if (!held) return;
        held = false;
        this.#count(owner, inBackground, -1);
        this.#usualTurnMs += (performance.now() - since - this.#usualTurnMs) / 8;
        this.#grantNext();
      },
    };
  }

  #grantNext(): void {
    if (this.#closed || this.#active >= this.limits.max) return;
    if (this.#background.length > 0 && this.#isOverdue() && this.#grant(this.#background, true)) {
      this.#overdueAt = performance.now();
      return;
    }
    if (this.#grant(this.#waiting, false) || !this.#mayRunInBackground()) return;
    this.#grant(this.#background, true);
  }

  #isOverdue(): boolean {
    return this.#activeInBackground === 0 && performance.now() - Math.max(this.#background.oldest, this.#overdueAt) > OVERDUE_MS;
  }

  /** False: nobody in the line may run. */
  #grant(line: WaitingLine<SlotWaiter>, inBackground: boolean): boolean {
    const waiter = line.next(this.#mayRun);
    waiter?.grant(this.#slot(waiter.owner, inBackground, performance.now() - waiter.since));
    return waiter !== undefined;
  }

  /** When the queue should have moved on by one, from how long turns took of late. */
  #retryAfter(): number {
    return Math.min(60, Math.max(1, Math.ceil(this.#usualTurnMs / this.limits.max / 1000)));
  }
}

function shuttingDown(): GatewayError {
  return new GatewayError('shutting_down', 'The gateway is shutting down.', { retryAfter: 5 });
}
