/**
 * Calls back when nothing was heard for `ms` milliseconds, again and again until it is stopped. Hearing costs a look at the clock:
 * the one timer is not touched then, but set for the rest when it fires too early.
 */
export class SilenceTimer {
  #timer: NodeJS.Timeout | undefined;
  #heardAt = performance.now();

  constructor(
    private readonly ms: number,
    private readonly onSilence: () => void,
  ) {
    this.#arm(ms);
  }

  heard(): void {
    this.#heardAt = performance.now();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#fire();
    }, ms);
  }

  #fire(): void {
    const left = this.ms - (performance.now() - this.#heardAt);
    // Timers may fire a fraction of a millisecond early.
    if (left >= 1) {
      // Node keeps a list of timers for each duration: whole ones are shared.
      this.#arm(Math.ceil(left));
      return;
    }
    this.heard();
    this.#arm(this.ms);
    this.onSilence();
  }
}
