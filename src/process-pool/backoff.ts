/** Waits that double with every failure in a row, up to a cap. */
export class Backoff {
  #failures = 0;

  constructor(
    private readonly baseMs: number,
    private readonly capMs: number,
  ) {}

  get delayMs(): number {
    return this.#failures === 0 ? 0 : Math.min(this.capMs, this.baseMs * 2 ** (this.#failures - 1));
  }

  failed(): void {
    this.#failures += 1;
  }

  reset(): void {
    this.#failures = 0;
  }
}
