import { type Waiter, WaitingLine } from '../../process-pool/waiting-line.js';

interface PlaceWaiter extends Waiter {
  readonly grant: () => void;
}

/** The right to run a request of a batch, for so many at once on this instance: owners take turns. */
export class LinePlaces {
  readonly #waiting = new WaitingLine<PlaceWaiter>();
  #free: number;

  constructor(max: number) {
    this.#free = max;
  }

  /** @returns gives it back, and counts once. Rejects with the signal's reason */
  async take(owner: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#free > 0) this.#free -= 1;
    else await this.#wait(owner, signal);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const next = this.#waiting.next(() => true);
      if (next) next.grant();
      else this.#free += 1;
    };
  }

  #wait(owner: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.leave(waiter);
        reject(signal.reason as Error);
      };
      const waiter: PlaceWaiter = {
        owner,
        since: performance.now(),
        grant: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.add(waiter);
    });
  }
}
