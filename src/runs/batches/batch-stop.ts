import { type BatchProblem } from './batch.js';

/** Why the requests of a batch are run no further: the reason of its signal. */
export class BatchStop extends Error {
  override readonly name = 'BatchStop';

  /** @param problem of a batch that fails */
  constructor(
    readonly why: 'cancelled' | 'expired' | 'failed',
    readonly problem?: Omit<BatchProblem, 'line' | 'param'>,
  ) {
    super(`the batch ${why === 'failed' ? 'failed' : `was ${why}`}`);
  }
}
