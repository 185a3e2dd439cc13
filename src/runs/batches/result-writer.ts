import { type BatchResults, type NumberedResult } from './batch-results.js';
import { insist } from '../../job-queue/insist.js';

interface Pending {
  readonly result: NumberedResult;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Writes the results of a batch: those that come while some are written go together after them. */
export class ResultWriter {
  #pending: Pending[] = [];
  #writing = false;

  /** @param failed told of the first failure of a write, which is tried again */
  constructor(
    private readonly batch: string,
    private readonly results: BatchResults,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Resolves when it is stored. @param signal after which a write that fails is not tried again: this rejects then */
  add(result: NumberedResult, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ result, resolve, reject });
      if (!this.#writing) void this.#write(signal);
    });
  }

  async #write(signal: AbortSignal): Promise<void> {
    this.#writing = true;
    while (this.#pending.length > 0) {
      const some = this.#pending.splice(0);
      const write = (): Promise<void> =>
        this.results.add(
          this.batch,
          some.map(({ result }) => result),
        );
      try {
        await insist(write, signal, this.failed);
        for (const { resolve } of some) resolve();
      } catch (error) {
        for (const { reject } of some) reject(error);
      }
    }
    this.#writing = false;
  }
}
