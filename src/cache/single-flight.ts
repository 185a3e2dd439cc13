import { GatewayError } from '../kernel/gateway-error.js';

/** The right to make what others wait for. One of its methods ends it; whatever comes after that does nothing. */
export interface Turn<T> {
  /** Others were given theirs with it. */
  readonly together: boolean;
  /** It is made: everybody who waits gets it. */
  readonly done: (value: T) => void;
  /** It is not: as many of those who wait try next. */
  readonly pass: (next: number) => void;
}

interface Waiting<T> {
  readonly resolve: (outcome: T | Turn<T>) => void;
}

interface Flight<T> {
  running: number;
  /** In the order in which they came. */
  readonly waiting: Set<Waiting<T>>;
}

/** Of those who ask for the same thing at once one makes it, and the others wait for it. */
export class SingleFlight<T extends object> {
  readonly #flights = new Map<string, Flight<T>>();

  /** The turn of the first who asks; undefined while somebody is at it. */
  begin(key: string): Turn<T> | undefined {
    if (this.#flights.has(key)) return undefined;
    const flight: Flight<T> = { running: 0, waiting: new Set() };
    this.#flights.set(key, flight);
    return this.#turn(key, flight, false);
  }

  /**
   * Waits while somebody is at it: for what is made, or for a turn. Somebody is at it, by {@link begin}.
   *
   * @throws GatewayError `timeout` after `ms` milliseconds; the signal's reason
   */
  wait(key: string, signal: AbortSignal, ms: number): Promise<T | Turn<T>> {
    const flight = this.#flights.get(key);
    if (!flight) throw new Error('nobody makes what is waited for');
    const { promise, resolve, reject } = Promise.withResolvers<T | Turn<T>>();
    const waiting: Waiting<T> = { resolve };
    const leave = (reason: unknown): void => {
      flight.waiting.delete(waiting);
      reject(reason);
    };
    const onAbort = (): void => {
      leave(signal.reason);
    };
    if (signal.aborted) onAbort();
    else {
      flight.waiting.add(waiting);
      signal.addEventListener('abort', onAbort);
    }
    const timer = setTimeout(() => {
      leave(new GatewayError('timeout', 'The same request was sent before and is still being answered: its answer did not come in time.'));
    }, ms);
    return promise.finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    });
  }

  #turn(key: string, flight: Flight<T>, together: boolean): Turn<T> {
    let over = false;
    flight.running += 1;
    const end = (): boolean => {
      if (over) return false;
      over = true;
      flight.running -= 1;
      return true;
    };
    return {
      together,
      done: (value) => {
        if (!end()) return;
        this.#close(key, flight);
        for (const { resolve } of flight.waiting) resolve(value);
        flight.waiting.clear();
      },
      pass: (next) => {
        if (!end()) return;
        for (const waiting of [...flight.waiting].slice(0, next)) {
          flight.waiting.delete(waiting);
          waiting.resolve(this.#turn(key, flight, next > 1));
        }
        if (flight.running === 0) this.#close(key, flight);
      },
    };
  }

  /** Whoever asks from now on begins anew. */
  #close(key: string, flight: Flight<T>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
  }
}
