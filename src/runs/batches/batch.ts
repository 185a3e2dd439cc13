/** Where the requests of a batch may go: the endpoints that can be asked with nobody waiting. */
export const batchEndpoints = ['/v1/chat/completions', '/v1/responses', '/v1/embeddings', '/v1/completions'] as const;
export type BatchEndpoint = (typeof batchEndpoints)[number];

/** How a batch can end. */
export const endings = ['completed', 'failed', 'expired', 'cancelled'] as const;
export type Ending = (typeof endings)[number];
/** In their order; `cancelling` may come after each of the others. */
export const unfinished = ['validating', 'in_progress', 'finalizing', 'cancelling'] as const;
export type BatchStatus = (typeof unfinished)[number] | Ending;

/** Why a batch, or a line of its input, cannot be run. */
export interface BatchProblem {
  readonly code: string;
  readonly message: string;
  readonly param: string | null;
  /** Of the input, counted from 1. */
  readonly line: number | null;
}

/** A batch as it is kept. Times are milliseconds since 1970. */
export interface Batch {
  readonly id: string;
  readonly owner: string;
  readonly endpoint: BatchEndpoint;
  readonly inputFileId: string;
  /** Of a batch that is over, where there are any. */
  readonly outputFileId: string | null;
  readonly errorFileId: string | null;
  /** How long those are kept, where the client says so. Seconds. */
  readonly outputTtlS: number | null;
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly status: BatchStatus;
  readonly errors: readonly BatchProblem[] | null;
  readonly counts: { readonly total: number; readonly completed: number; readonly failed: number };
  /** Of the results, as long as it is not over. */
  readonly bytes: number;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** When it came into each of its later states. */
  readonly since: Readonly<Record<Exclude<BatchStatus, 'validating'>, number | null>>;
}

export function isOver(status: BatchStatus): status is Ending {
  return (endings as readonly BatchStatus[]).includes(status);
}

/** Whether a text can be a batch's id: a database may choke on others. */
export function isBatchId(id: string): boolean {
  return /^batch_\w{1,100}$/.test(id);
}
