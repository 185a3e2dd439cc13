import { type StreamEvent } from '../kernel/stream-event.js';

/** Silence after which a turn whose time is over counts as hanging. */
const HANGS_AFTER_MS = 10_000;

/** What was heard of a provider's turn: whether a failure of its answer may be the provider's. */
export class TurnWatch {
  #state: 'running' | 'failed' | 'ended' = 'running';
  #heardAt = -Infinity;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** A turn sets off, perhaps a second one. */
  begin(): void {
    this.#state = 'running';
    this.#heardAt = -Infinity;
  }

  hear({ type }: StreamEvent): void {
    if (type === 'stream-end') this.#state = 'ended';
    else if (type !== 'stream-start') this.#heardAt = this.now();
  }

  failed(): void {
    this.#state = 'failed';
  }

  /**
   * Not of a turn that came to its end, whatever is wrong with what was said; nor of one that was still speaking when its time was over.
   *
   * @param totalMs the time that it had
   */
  mayBeAtFault(totalMs: number): boolean {
    if (this.#state !== 'running') return this.#state === 'failed';
    return this.now() - this.#heardAt > Math.min(HANGS_AFTER_MS, totalMs / 2);
  }
}
