import { diskUsage } from './disk-usage.js';

const EVERY_MS = 5000;

/** Looks every few seconds at what is on disk of each that is watched, one after the other, and tells once of one that has too much. */
export class DiskWatch<T> {
  readonly #watched = new Map<T, readonly string[]>();
  #timer: NodeJS.Timeout | undefined;

  /** @param quota bytes; 0: nothing is looked at */
  constructor(
    private readonly quota: number,
    private readonly onOver: (owner: T) => void,
    private readonly everyMs: number = EVERY_MS,
  ) {}

  watch(owner: T, folders: readonly string[]): void {
    if (this.quota === 0) return;
    this.#watched.set(owner, folders);
    if (this.#watched.size === 1) this.#schedule();
  }

  release(owner: T): void {
    this.#watched.delete(owner);
    if (this.#watched.size === 0) clearTimeout(this.#timer);
  }

  /** The next look begins when the last one is done: a slow disk is not asked twice. */
  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      void this.#look().then(() => {
        if (this.#watched.size > 0) this.#schedule();
      });
    }, this.everyMs).unref();
  }

  async #look(): Promise<void> {
    for (const [owner, folders] of [...this.#watched]) {
      if ((await diskUsage(folders, this.quota)) <= this.quota || !this.#watched.has(owner)) continue;
      this.#watched.delete(owner);
      this.onOver(owner);
    }
  }
}
