import { type Observable, Subscriber, type TeardownLogic } from 'rxjs';

/** What an operator does with the source's notifications. What is left out is passed on. */
export interface Relay<T> {
  next?(value: T): void;
  error?(error: unknown): void;
  complete?(): void;
}

/**
 * Subscribes to `source` for an operator. Unlike a plain `subscribe`, the source is left as soon as `destination` ends, even
 * while it is still emitting synchronously; an exception in `next` or `complete` becomes the destination's error.
 */
export function relay<T, R>(source: Observable<T>, destination: Subscriber<R>, handlers: Relay<T> & { next(value: T): void }): TeardownLogic;
export function relay<T>(source: Observable<T>, destination: Subscriber<T>, handlers: Relay<T>): TeardownLogic;
export function relay<T>(source: Observable<T>, destination: Subscriber<T>, handlers: Relay<T>): TeardownLogic {
  return source.subscribe(new RelaySubscriber(destination, handlers));
}

class RelaySubscriber<T> extends Subscriber<T> {
  readonly #out: Subscriber<T>;
  readonly #handlers: Relay<T>;

  constructor(out: Subscriber<T>, handlers: Relay<T>) {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way to be unsubscribed before subscribe() has returned
    super();
    this.#out = out;
    this.#handlers = handlers;
    out.add(this);
  }

  /** In the place of rxjs's own, which would call another method: what a value costs grows with each. */
  override next(value: T): void {
    if (this.closed) return;
    try {
      if (this.#handlers.next) this.#handlers.next(value);
      else this.#out.next(value);
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
    } catch (error) {
      this.#out.error(error);
    } finally {
      this.unsubscribe();
    }
  }
}
