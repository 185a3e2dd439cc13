const MAX_KEPT = 256;
/** A schema that took too long is tried again after a while: the machine may have been busy. Milliseconds. */
const SLOW_MS = 60_000;

/** What was found of a schema. */
export interface Verdict {
  /** Undefined: it can be used. */
  readonly fault: string | undefined;
  /** It ran out of time or memory: that need not be so the next time. */
  readonly spent: boolean;
}

/** What was found of the schemas that are in use, by their keys. */
export class Verdicts {
  /** The least used first. */
  readonly #kept = new Map<string, Verdict & { readonly at: number }>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  get(key: string): Verdict | undefined {
    const known = this.#kept.get(key);
    if (!known) return undefined;
    this.#kept.delete(key);
    if (known.spent && known.at < this.now() - SLOW_MS) return undefined;
    this.#kept.set(key, known);
    return known;
  }

  set(key: string, verdict: Verdict): void {
    this.#kept.delete(key);
    this.#kept.set(key, { ...verdict, at: this.now() });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
  }
}
