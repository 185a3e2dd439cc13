/** Ticks of a window; one slot more is kept, since a hit leaves only when its whole tick has left. */
const TICKS = 6000;
const SLOTS = TICKS + 1;

/**
 * Counts hits in a window that slides in ticks of a six-thousandth of its length (10 ms of a minute): never more than the limit falls into
 * any window. O(1) a hit, 12 kB whatever the limit. Times are milliseconds of one clock that never goes back.
 */
export class SlidingWindow {
  readonly #counts = new Uint16Array(SLOTS);
  readonly #tickMs: number;
  #newest = -1;
  #total = 0;

  constructor(readonly windowMs: number) {
    this.#tickMs = windowMs / TICKS;
  }

  /** Hits in the window. */
  count(now: number): number {
    this.#advance(now);
    return this.#total;
  }

  hit(now: number): void {
    this.#advance(now);
    const slot = this.#newest % SLOTS;
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1;
    this.#total += 1;
  }

  /** Milliseconds until the oldest `hits` of those counted have left; at most the window's length. */
  msUntilFree(now: number, hits: number): number {
    this.#advance(now);
    let left = Math.min(hits, this.#total);
    for (let tick = Math.max(0, this.#newest - TICKS); left > 0; tick += 1) {
      left -= this.#counts[tick % SLOTS] ?? 0;
      if (left <= 0) return Math.min(this.windowMs, (tick + SLOTS) * this.#tickMs - now);
    }
    return 0;
  }

  #advance(now: number): void {
    const tick = Math.floor(now / this.#tickMs);
    if (tick <= this.#newest) return;
    if (this.#newest < 0 || tick - this.#newest >= SLOTS) {
      this.#counts.fill(0);
      this.#total = 0;
    } else {
      for (let stale = this.#newest + 1; stale <= tick; stale += 1) {
        this.#total -= this.#counts[stale % SLOTS] ?? 0;
        this.#counts[stale % SLOTS] = 0;
      }
    }
    this.#newest = tick;
  }
}
