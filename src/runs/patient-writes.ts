import { defer, lastValueFrom, type Observable, race, retry, Subject, throwError, timer } from 'rxjs';

/** A write that failed is tried again after a pause, which grows. Milliseconds. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;
/** For so long a write is tried. Milliseconds. */
const PATIENCE_MS = 600_000;

/** Writes to the database one after the other, so that what comes later finds what came before: one that fails is tried again. */
export class PatientWrites {
  #last: Promise<void> = Promise.resolve();
  readonly #hurry = new Subject<void>();
  #patient = true;
  #lost = false;

  /**
   * @param failed told of the first failure of a write, and of the last one
   * @param lost a write is given up: none that comes later is tried
   */
  constructor(
    private readonly failed: (error: unknown) => void,
    private readonly lost: () => void,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  /** Resolves when it is through or given up. Never rejects. */
  add(write: () => Promise<unknown>): Promise<void> {
    return (this.#last = this.#last.then(() => this.#insist(write)));
  }

  /** There is no more time: what failed is tried once more at once, and then no more. */
  hurry(): void {
    this.#patient = false;
    this.#hurry.next();
  }

  async #insist(write: () => Promise<unknown>): Promise<void> {
    if (this.#lost) return;
    const until = performance.now() + this.patienceMs;
    const delay = (error: unknown, tries: number): Observable<unknown> => {
      if (!this.#patient || performance.now() >= until) return throwError(() => error);
      if (tries === 1) this.failed(error);
      return race(timer(Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS)), this.#hurry);
    };
    try {
      await lastValueFrom(defer(write).pipe(retry({ delay })));
    } catch (error) {
      this.failed(error);
      this.#lost = true;
      this.lost();
    }
  }
}
