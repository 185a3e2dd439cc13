import { type Child } from './child.js';
import { LiveEntries, type LiveLimits } from './live-entries.js';

interface Kept {
  readonly child: Child;
  readonly dispose: (() => void) | undefined;
}

/** Children kept for their conversation's next turn. */
export class LiveProcesses {
  readonly #entries: LiveEntries<Kept>;

  constructor(readonly limits: LiveLimits) {
    this.#entries = new LiveEntries(
      limits,
      ({ child }) => child.alive,
      ({ child, dispose }, reason) => {
        void child.end(reason, { gentle: false });
        dispose?.();
      },
    );
  }

  get size(): number {
    return this.#entries.size;
  }

  get all(): Child[] {
    return this.#entries.values.map(({ child }) => child);
  }

  /**
   * Keeps a child whose turn is over; what was kept under the key is ended, and the oldest where there are too many.
   *
   * @param key opaque; holds the owner
   * @param dispose called once if the child is dropped rather than taken
   */
  keep(key: string, child: Child, dispose?: () => void): void {
    this.#entries.keep(key, { child, dispose });
    void child.exited.then(() => {
      if (this.#entries.peek(key)?.child === child) this.#entries.remove(key, 'failed');
    });
  }

  /** The child kept under the key, the caller's from here on. */
  take(key: string): Child | undefined {
    return this.#entries.take(key)?.child;
  }

  /** Ends all; what is kept afterwards is ended at once. */
  async drain(): Promise<void> {
    await Promise.all(this.#entries.drain().map(({ child }) => child.exited));
  }
}
