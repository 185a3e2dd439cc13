import { type ErrorCode } from '../kernel/gateway-error.js';
import { type ModelId } from '../kernel/model-id.js';

/** What became of a completion: who answers it, in whose place, in which session. It changes until the first event or byte of the answer is there. */
export class Outcome {
  /** The first provider, and how it failed, where another one answers. */
  fallback: { readonly provider: string; readonly code: ErrorCode } | undefined;
  /** The model that runs, in its provider's words; undefined until it has said so. */
  runningModel: string | undefined;
  /** Whether the answer was kept before, and how it was told first; undefined where it neither was nor is to be, or is not known yet. */
  cache: { readonly hit: boolean; readonly id: string; readonly createdAt: number } | undefined;
  #sealed = false;

  constructor(
    public target: ModelId,
    readonly session: { readonly id: string; readonly created: boolean } | undefined,
  ) {}

  /** The headers are out: nobody else can answer any more. */
  seal(): void {
    this.#sealed = true;
  }

  get sealed(): boolean {
    return this.#sealed;
  }
}
