const MAX_KEPT = 1000;

/** Of processes that were kept before their conversation had its name: what they were kept as. Names are opaque; the oldest go. */
export class KeptNames {
  readonly #names = new Map<string, string>();

  set(key: string, name: string): void {
    this.#names.delete(key);
    this.#names.set(key, name);
    const [oldest] = this.#names.keys();
    if (this.#names.size > MAX_KEPT && oldest !== undefined) this.#names.delete(oldest);
  }

  /** The key itself where it is the name. */
  nameOf(key: string): string {
    return this.#names.get(key) ?? key;
  }

  forget(key: string): void {
    this.#names.delete(key);
  }
}
