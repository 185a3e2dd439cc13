export interface LiveLimits {
  /** 0: none is kept. */
  readonly max: number;
  readonly ttlMs: number;
}

/** Why an entry goes without having been taken. */
export type DropReason = 'expired' | 'failed' | 'shutdown';

interface Entry<T> {
  readonly value: T;
  readonly expiry: NodeJS.Timeout;
}

/** Things kept for their conversation's next turn. A cache: a conversation goes on without its entry, only slower. */
export class LiveEntries<T> {
  /** Oldest first. */
  readonly #entries = new Map<string, Entry<T>>();
  #drained = false;

  /**
   * @param alive whether it can still be used
   * @param drop called once for each that goes without being taken
   */
  constructor(
    readonly limits: LiveLimits,
    private readonly alive: (value: T) => boolean,
    private readonly drop: (value: T, reason: DropReason) => void,
  ) {}

  get size(): number {
    return this.#entries.size;
  }

  get values(): T[] {
    return [...this.#entries.values()].map(({ value }) => value);
  }

  /**
   * Keeps what the turn leaves behind; what was kept under the key goes, and the oldest where there are too many.
   *
   * @param key opaque; holds the owner
   */
  keep(key: string, value: T): void {
    this.remove(key, 'expired');
    const expiry = setTimeout(() => {
      this.remove(key, 'expired');
    }, this.limits.ttlMs).unref();
    this.#entries.set(key, { value, expiry });
    if (this.#drained || !this.alive(value)) this.remove(key, 'shutdown');
    while (this.#entries.size > this.limits.max) this.#removeOldest();
  }

  /** What is kept under the key, the caller's from here on. */
  take(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    if (!this.alive(entry.value)) {
      this.remove(key, 'failed');
      return undefined;
    }
    this.#forget(key, entry);
    return entry.value;
  }

  /** What is kept under the key, left where it is. */
  peek(key: string): T | undefined {
    return this.#entries.get(key)?.value;
  }

  remove(key: string, reason: DropReason): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#forget(key, entry);
    this.drop(entry.value, reason);
  }

  /** Drops all; what is kept afterwards goes at once. */
  drain(): T[] {
    this.#drained = true;
    const { values } = this;
    for (const key of this.#entries.keys()) this.remove(key, 'shutdown');
    return values;
  }

  #removeOldest(): void {
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.remove(oldest, 'expired');
  }

  #forget(key: string, entry: Entry<T>): void {
    clearTimeout(entry.expiry);
    this.#entries.delete(key);
  }
}
