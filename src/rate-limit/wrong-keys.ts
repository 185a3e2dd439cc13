import { Injectable } from '@nestjs/common';
import { networkOf } from './network-of.js';

/** Wrong keys that an address may show in a window. */
const MAX_WRONG = 10;
const WINDOW_MS = 60_000;
/** Beyond it the address that was heard of longest ago is forgotten: who has that many may guess a little faster, against 256 bits. */
const MAX_NETWORKS = 10_000;

/**
 * Counts wrong keys by address, in a window of a minute. Only wrong keys are ever refused for it: behind one address there may be an office, and one broken
 * client must not lock the others out. What is left to a guesser is to learn that a key is wrong.
 */
@Injectable()
export class WrongKeys {
  /** The times of the wrong keys in the window, the oldest first; addresses in the order in which they were last heard of. */
  readonly #times = new Map<string, number[]>();

  /**
   * Notes a wrong key.
   *
   * @param now milliseconds of a clock that never goes back
   * @returns 0 where it counts as one more; else the whole seconds until the next one does
   */
  note(address: string, now: number): number {
    const network = networkOf(address);
    const times = (this.#times.get(network) ?? []).filter((time) => time > now - WINDOW_MS);
    this.#times.delete(network);
    this.#times.set(network, times);
    const [oldest] = times;
    if (times.length >= MAX_WRONG && oldest !== undefined) return Math.max(1, Math.ceil((oldest + WINDOW_MS - now) / 1000));
    times.push(now);
    const [longestAgo] = this.#times.keys();
    if (this.#times.size > MAX_NETWORKS && longestAgo !== undefined) this.#times.delete(longestAgo);
    return 0;
  }
}
