import { type Child } from './child.js';
import { type EndReason } from './child-exit.js';

export interface LiveProcessLimits {
  /** 0: none is kept. */
  readonly max: number;
  readonly ttlMs: number;
}

interface Entry {
  readonly child: Child;
  readonly dispose: (() => void) | undefined;
  readonly expiry: NodeJS.Timeout;
}

/** Children kept for their conversation's next turn. A cache: a conversation goes on without its entry, only slower. */
export class LiveProcesses {
  /** Oldest first. */
  readonly #entries = new Map<string, Entry>();
  #drained = false;

  constructor(readonly limits: LiveProcessLimits) {}

  get size(): number {
    return this.#entries.size;
  }

  /**
   * Keeps a child whose turn is over; what was kept under the key is ended, and the oldest where there are too many.
   *
   * @param key opaque; holds the owner
   * @param dispose called once if the child is dropped rather than taken
   */
  keep(key: string, child: Child, dispose?: () => void): void {
    this.#drop(key, 'expired');
    const expiry = setTimeout(() => {
      this.#drop(key, 'expired');
    }, this.limits.ttlMs).unref();
    this.#entries.set(key, { child, dispose, expiry });
    if (this.#drained || !child.alive) this.#drop(key, 'shutdown');
    while (this.#entries.size > this.limits.max) this.#dropOldest();
    void child.exited.then(() => {
      if (this.#entries.get(key)?.child === child) this.#drop(key, 'failed');
    });
  }

  /** The child kept under the key, the caller's from here on. */
  take(key: string): Child | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    if (!entry.child.alive) {
      this.#drop(key, 'failed');
      return undefined;
    }
    this.#remove(key, entry);
    return entry.child;
  }

  /** Ends all; what is kept afterwards is ended at once. */
  async drain(): Promise<void> {
    this.#drained = true;
    const children = [...this.#entries.values()].map(({ child }) => child);
    for (const key of this.#entries.keys()) this.#drop(key, 'shutdown');
    await Promise.all(children.map(({ exited }) => exited));
  }

  #dropOldest(): void {
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#drop(oldest, 'expired');
  }

  #drop(key: string, reason: EndReason): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#remove(key, entry);
    void entry.child.end(reason, { gentle: false });
    entry.dispose?.();
  }

  #remove(key: string, entry: Entry): void {
    clearTimeout(entry.expiry);
    this.#entries.delete(key);
  }
}
