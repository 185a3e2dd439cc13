import { Observable, Subscriber } from 'rxjs';

/**
 * Waits for a source's first value and gives the whole source back, that value included, for one subscriber. Rejects where the source fails before it; a source
 * that completes without a value is given back as it is.
 */
export function peek<T>(source: Observable<T>): Promise<Observable<T>> {
  return new Promise((resolve, reject) => {
    source.subscribe(new Peek(resolve, reject));
  });
}

class Peek<T> extends Subscriber<T> {
  #early: T[] = [];
  #reader: Subscriber<T> | undefined;
  #end: ((to: Subscriber<T>) => void) | undefined;
  readonly #rest = new Observable<T>((reader) => {
    this.#reader = reader;
    const early = this.#early;
    this.#early = [];
    for (const value of early) reader.next(value);
    this.#end?.(reader);
    return this;
  });

  constructor(
    private readonly resolve: (rest: Observable<T>) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- one object in the place of three, and one call a value
    super();
  }

  override next(value: T): void {
    if (this.closed) return;
    if (this.#reader) {
      this.#reader.next(value);
      return;
    }
    this.#early.push(value);
    this.resolve(this.#rest);
  }

  protected override _error(error: unknown): void {
    this.reject(error);
    this.#finish((to) => {
      to.error(error);
    });
  }

  protected override _complete(): void {
    this.#finish((to) => {
      to.complete();
    });
    this.resolve(this.#rest);
  }

  #finish(how: (to: Subscriber<T>) => void): void {
    this.unsubscribe();
    if (this.#reader) how(this.#reader);
    else this.#end = how;
  }
}
