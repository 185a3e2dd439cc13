import { type Observable, Subscriber, type TeardownLogic } from 'rxjs';

/** What an operator does with the source's notifications. `error` and `complete` are passed on where they are left out. */
export interface Relay<T> {
  next(value: T): void;
  error?(error: unknown): void;
  complete?(): void;
}

/**
 * Subscribes to `source` for an operator. Unlike a plain `subscribe`, the source is left as soon as `destination` ends, even
 * while it is still emitting synchronously; an exception in `next` becomes the destination's error.
 */
export function relay<T, R>(source: Observable<T>, destination: Subscriber<R>, handlers: Relay<T>): TeardownLogic {
  return source.subscribe(new RelaySubscriber(destination, handlers));
}

class RelaySubscriber<T, R> extends Subscriber<T> {
  readonly #out: Subscriber<R>;
  readonly #handlers: Relay<T>;

  constructor(out: Subscriber<R>, handlers: Relay<T>) {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way to be unsubscribed before subscribe() has returned
    super();
    this.#out = out;
    this.#handlers = handlers;
    out.add(this);
  }

  protected override _next(value: T): void {
    try {
      this.#handlers.next(value);
    } catch (error) {
      this.#out.error(error);
    }
  }

  protected override _error(error: unknown): void {
    try {
      if (this.#handlers.error) this.#handlers.error(error);
      else this.#out.error(error);
    } finally {
      this.unsubscribe();
    }
  }

  protected override _complete(): void {
    try {
      if (this.#handlers.complete) this.#handlers.complete();
      else this.#out.complete();
    } finally {
      this.unsubscribe();
    }
  }
}
