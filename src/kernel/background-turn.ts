/** A turn that nobody waits for: it lets those go first that somebody waits for. Its wait for a slot counts against none of its time limits. */
export class BackgroundTurn {
  #waitedMs = 0;
  #since: number | undefined;

  /** @param patienceMs how long it waits for a slot at most. Milliseconds. */
  constructor(
    readonly patienceMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get waiting(): boolean {
    return this.#since !== undefined;
  }

  /** How long it has waited until now. Milliseconds. */
  get waitedMs(): number {
    return this.#waitedMs + (this.#since === undefined ? 0 : this.now() - this.#since);
  }

  /** Counts the time until the promise settles as a wait. */
  async wait<T>(slot: Promise<T>): Promise<T> {
    this.#since = this.now();
    try {
      return await slot;
    } finally {
      this.#waitedMs = this.waitedMs;
      this.#since = undefined;
    }
  }
}
