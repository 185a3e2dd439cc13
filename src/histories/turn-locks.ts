import { setTimeout as sleep } from 'node:timers/promises';
import { Locks, type Release } from './locks.js';
import { type GatewayError } from '../kernel/gateway-error.js';
import { type SharedLocks } from '../redis/redis-locks.js';

const WAITING = 100;
/** How often it is looked whether another instance's turn is over. Milliseconds. */
const POLL_MS = 50;

export interface TurnWait {
  /** Gives up the wait, which then rejects with its reason. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Rejects with why the one who waits may not have the history; asked where there is a wait. */
  readonly mayWait: () => Promise<void>;
  /** What the wait rejects with when it has lasted too long, or too many wait already. */
  readonly busy: () => GatewayError;
}

/** The turns of histories, one at a time each: in the order in which they came here, and, where instances share locks, one of all instances. */
export class TurnLocks {
  readonly #locks = new Locks(WAITING);

  /** @param shared undefined: every instance has its own */
  constructor(private readonly shared: SharedLocks | undefined) {}

  /** The histories that have a turn here. */
  get held(): string[] {
    return this.#locks.held;
  }

  async acquire(id: string, wait: TurnWait): Promise<Release> {
    const until = performance.now() + wait.timeoutMs;
    const release = await this.#here(id, wait);
    if (!this.shared) return release;
    try {
      const giveBack = await everywhere(this.shared, id, wait, until);
      return () => {
        giveBack();
        release();
      };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Who may not wait leaves the queue at once. */
  #here(id: string, { signal, timeoutMs, mayWait, busy }: TurnWait): Promise<Release> {
    const refused = new AbortController();
    const isHeld = this.#locks.isHeld(id);
    const lock = this.#locks.acquire(id, { signal: AbortSignal.any([signal, refused.signal]), timeoutMs, busy });
    if (isHeld) {
      mayWait().catch((error: unknown) => {
        refused.abort(error);
      });
    }
    return lock;
  }
}

async function everywhere(shared: SharedLocks, id: string, { signal, mayWait, busy }: TurnWait, until: number): Promise<Release> {
  for (let first = true; ; first = false) {
    const giveBack = await shared.take(id);
    if (giveBack) return giveBack;
    if (first) await mayWait();
    if (performance.now() > until) throw busy();
    await sleep(POLL_MS, undefined, { signal }).catch(() => {
      signal.throwIfAborted();
    });
  }
}
