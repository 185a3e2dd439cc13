import { SlidingWindow } from './sliding-window.js';
import { type CountedWindow, type Verdict, type WindowState } from './window-verdict.js';

/** Sliding windows of one length in this process. A window is dropped when it is empty, and only then: there are as many as keys were heard of within twice its length. */
export class MemoryWindows {
  readonly #windows = new Map<string, SlidingWindow>();
  #droppedAt = -Infinity;

  constructor(readonly windowMs: number) {}

  /** How many are kept. */
  get size(): number {
    return this.#windows.size;
  }

  /** @param now whole milliseconds of a clock that never goes back */
  take(asked: readonly CountedWindow[], now: number): Verdict {
    const counted = this.#haveRoom(asked, now);
    if (counted) this.note(asked, now);
    return this.#verdict(asked, now, counted);
  }

  /** What a request would be told that is refused; undefined where there is room. Counts nothing. */
  refusal(asked: readonly CountedWindow[], now: number): Verdict | undefined {
    return this.#haveRoom(asked, now) ? undefined : this.#verdict(asked, now, false);
  }

  /** Counts a request that somebody else has let in. */
  note(asked: readonly CountedWindow[], now: number): void {
    this.#dropEmpty(now);
    for (const { key } of asked) {
      let window = this.#windows.get(key);
      if (!window) this.#windows.set(key, (window = new SlidingWindow(this.windowMs)));
      window.hit(now);
    }
  }

  #haveRoom(asked: readonly CountedWindow[], now: number): boolean {
    for (const { key, limit } of asked) if ((this.#windows.get(key)?.count(now) ?? 0) >= limit) return false;
    return true;
  }

  #verdict(asked: readonly CountedWindow[], now: number, counted: boolean): Verdict {
    return { counted, windows: asked.map((window) => this.#stateOf(window, now, counted)) };
  }

  #stateOf({ key, limit }: CountedWindow, now: number, counted: boolean): WindowState {
    const window = this.#windows.get(key);
    if (!window) return { used: 0, freeInMs: 0, emptyInMs: 0 };
    return { used: window.count(now), freeInMs: counted ? 0 : window.msUntilBelow(limit, now), emptyInMs: window.msUntilEmpty(now) };
  }

  /** Once in a window's length: each window that is looked at had a hit since the time before last. */
  #dropEmpty(now: number): void {
    if (now - this.#droppedAt < this.windowMs) return;
    this.#droppedAt = now;
    for (const [key, window] of this.#windows) if (window.msUntilEmpty(now) === 0) this.#windows.delete(key);
  }
}
