/** Gives up what was got; once. */
export type Release = () => void;

interface Waiter {
  readonly grant: () => void;
}

export interface LockWait {
  /** Gives up the wait, which then rejects with its reason. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** What the wait rejects with when it has lasted too long, or too many wait already. */
  readonly busy: () => Error;
}

/** One holder a name at a time, in the order in which they came. */
export class Locks {
  /** By name: who waits, the next one first. A name without an entry is free. */
  readonly #queues = new Map<string, Waiter[]>();

  constructor(private readonly maxWaiting: number) {}

  /** The names that are held. */
  get held(): string[] {
    return [...this.#queues.keys()];
  }

  isHeld(name: string): boolean {
    return this.#queues.has(name);
  }

  acquire(name: string, { signal, timeoutMs, busy }: LockWait): Promise<Release> {
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    const queue = this.#queues.get(name);
    if (!queue) {
      this.#queues.set(name, []);
      return Promise.resolve(this.#hold(name));
    }
    if (queue.length >= this.maxWaiting) return Promise.reject(busy());
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      };
      const leave = (error: Error): void => {
        settle();
        queue.splice(queue.indexOf(waiter), 1);
        reject(error);
      };
      const onAbort = (): void => {
        leave(signal.reason as Error);
      };
      const waiter: Waiter = {
        grant: () => {
          settle();
          resolve(this.#hold(name));
        },
      };
      const timer = setTimeout(() => {
        leave(busy());
      }, timeoutMs);
      signal.addEventListener('abort', onAbort);
      queue.push(waiter);
    });
  }

  #hold(name: string): Release {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const next = this.#queues.get(name)?.shift();
      if (next) next.grant();
      else this.#queues.delete(name);
    };
  }
}
