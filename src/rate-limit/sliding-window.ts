const FIRST_CAPACITY = 8;

/**
 * Counts hits in a window that slides by the millisecond: a hit at `t` counts until just before `t + windowMs`. Exact, whatever the limit. Hits of one
 * millisecond share an entry, so that there are never more entries than the window has milliseconds. O(1) a hit, over many. Times are whole
 * milliseconds of one clock that never goes back.
 */
export class SlidingWindow {
  /** A ring of entries, the oldest at `#head`; its capacity is a power of two. */
  #times = new Float64Array(FIRST_CAPACITY);
  #counts = new Uint32Array(FIRST_CAPACITY);
  #head = 0;
  #entries = 0;
  #total = 0;
  #newest = -Infinity;

  constructor(readonly windowMs: number) {}

  /** Hits in the window. */
  count(now: number): number {
    const edge = now - this.windowMs;
    if (this.#newest <= edge) this.#clear();
    while (this.#entries > 0 && this.#timeAt(0) <= edge) {
      this.#total -= this.#countAt(0);
      this.#head = (this.#head + 1) & (this.#times.length - 1);
      this.#entries -= 1;
    }
    return this.#total;
  }

  hit(now: number): void {
    this.count(now);
    if (this.#entries === 0 || this.#newest < now) this.#push(now);
    const last = (this.#head + this.#entries - 1) & (this.#times.length - 1);
    this.#counts[last] = this.#countAt(this.#entries - 1) + 1;
    this.#total += 1;
  }

  /** Milliseconds until fewer than `limit` hits are in the window; 0 where that is so already. */
  msUntilBelow(limit: number, now: number): number {
    let excess = this.count(now) - limit + 1;
    if (excess <= 0) return 0;
    for (let entry = 0; entry < this.#entries; entry += 1) {
      excess -= this.#countAt(entry);
      if (excess <= 0) return this.#timeAt(entry) + this.windowMs - now;
    }
    return this.msUntilEmpty(now);
  }

  /** Milliseconds until no hit is in the window. */
  msUntilEmpty(now: number): number {
    return Math.max(0, this.#newest + this.windowMs - now);
  }

  #timeAt(entry: number): number {
    return this.#times[(this.#head + entry) & (this.#times.length - 1)] ?? 0;
  }

  #countAt(entry: number): number {
    return this.#counts[(this.#head + entry) & (this.#times.length - 1)] ?? 0;
  }

  #push(now: number): void {
    if (this.#entries === this.#times.length) this.#grow();
    const next = (this.#head + this.#entries) & (this.#times.length - 1);
    this.#times[next] = now;
    this.#counts[next] = 0;
    this.#entries += 1;
    this.#newest = now;
  }

  #grow(): void {
    const times = new Float64Array(this.#times.length * 2);
    const counts = new Uint32Array(this.#times.length * 2);
    for (let entry = 0; entry < this.#entries; entry += 1) {
      times[entry] = this.#timeAt(entry);
      counts[entry] = this.#countAt(entry);
    }
    this.#times = times;
    this.#counts = counts;
    this.#head = 0;
  }

  #clear(): void {
    this.#head = 0;
    this.#entries = 0;
    this.#total = 0;
  }
}
