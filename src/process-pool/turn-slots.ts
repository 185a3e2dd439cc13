import { GatewayError } from '../kernel/gateway-error.js';

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

interface Waiter {
  readonly owner: string;
  readonly grant: (slot: TurnSlot) => void;
  readonly refuse: (reason: unknown) => void;
}

/** Shares the turn slots out, and the places to wait for one: owners take turns, and each owner's requests go in order. */
export class TurnSlots {
  /** The owners that wait, the next one first, each with its requests in order. Never an empty list. */
  readonly #waiting = new Map<string, Waiter[]>();
  readonly #running = new Map<string, number>();
  #active = 0;
  #queued = 0;
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

  get queued(): number {
    return this.#queued;
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
    if (this.#active < this.limits.max && this.#mayRun(owner)) return this.#slot(owner);
    if (this.#queued >= this.limits.queueDepth && !this.#makeRoom(owner)) throw this.#full();
    return this.#wait(owner, signal);
  }

  /** No slot is granted any more; those that wait are refused with `shutting_down`. Slots in use stay so until released. */
  close(): void {
    this.#closed = true;
    for (const waiter of [...this.#waiting.values()].flat()) waiter.refuse(shuttingDown());
  }

  /** The last request of the owner with the most places makes room for one who has fewer. False: nobody has more than his share. */
  #makeRoom(owner: string): boolean {
    const own = this.#waiting.get(owner)?.length ?? 0;
    let most: readonly Waiter[] = [];
    for (const waiters of this.#waiting.values()) if (waiters.length > most.length) most = waiters;
    if (most.length <= own + 1) return false;
    most.at(-1)?.refuse(this.#full());
    return true;
  }

  #full(): GatewayError {
    return new GatewayError('queue_full', `All ${this.name}s are taken and the queue is full.`, { retryAfter: this.#retryAfter() });
  }

  #wait(owner: string, signal: AbortSignal): Promise<TurnSlot> {
    const { queueTimeoutMs } = this.limits;
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        this.#leave(waiter);
      };
      const waiter: Waiter = {
        owner,
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
        waiter.refuse(new GatewayError('timeout', `No ${this.name} became free within ${queueTimeoutMs} ms.`, { retryAfter: this.#retryAfter() }));
      }, queueTimeoutMs);
      signal.addEventListener('abort', onAbort);
      this.#waiting.set(owner, [...(this.#waiting.get(owner) ?? []), waiter]);
      this.#queued += 1;
    });
  }

  #leave(waiter: Waiter): void {
    const others = (this.#waiting.get(waiter.owner) ?? []).filter((other) => other !== waiter);
    this.#queued -= 1;
    if (others.length > 0) this.#waiting.set(waiter.owner, others);
    else this.#waiting.delete(waiter.owner);
  }

  #mayRun(owner: string): boolean {
    return (this.#running.get(owner) ?? 0) < (this.limits.perOwner ?? Infinity);
  }

  #count(owner: string, by: 1 | -1): void {
    this.#active += by;
    const running = (this.#running.get(owner) ?? 0) + by;
    if (running > 0) this.#running.set(owner, running);
    else this.#running.delete(owner);
  }

  #slot(owner: string): TurnSlot {
    this.#count(owner, 1);
    const since = performance.now();
    let held = true;
    return {
      release: () => {
        if (!held) return;
        held = false;
        this.#count(owner, -1);
        this.#usualTurnMs += (performance.now() - since - this.#usualTurnMs) / 8;
        this.#grantNext();
      },
    };
  }

  #grantNext(): void {
    if (this.#closed || this.#active >= this.limits.max) return;
    const next = [...this.#waiting.entries()].find(([owner]) => this.#mayRun(owner));
    if (!next) return;
    const [owner, [waiter]] = next;
    waiter?.grant(this.#slot(owner));
    const rest = this.#waiting.get(owner);
    if (!rest) return;
    // Behind all others that wait.
    this.#waiting.delete(owner);
    this.#waiting.set(owner, rest);
  }

  /** When the queue should have moved on by one, from how long turns took of late. */
  #retryAfter(): number {
    return Math.min(60, Math.max(1, Math.ceil(this.#usualTurnMs / this.limits.max / 1000)));
  }
}

function shuttingDown(): GatewayError {
  return new GatewayError('shutting_down', 'The gateway is shutting down.', { retryAfter: 5 });
}
