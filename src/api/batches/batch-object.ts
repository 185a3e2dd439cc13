import { type Batch, type BatchProblem } from '../../runs/batches/batch.js';

/** A batch as the API shows it. Times are seconds since 1970. */
export interface BatchObject {
  readonly id: string;
  readonly object: 'batch';
  readonly endpoint: string;
  readonly errors: { readonly object: 'list'; readonly data: readonly BatchProblem[] } | null;
  readonly input_file_id: string;
  readonly completion_window: '24h';
  readonly status: string;
  readonly output_file_id: string | null;
  readonly error_file_id: string | null;
  readonly created_at: number;
  readonly in_progress_at: number | null;
  readonly expires_at: number;
  readonly finalizing_at: number | null;
  readonly completed_at: number | null;
  readonly failed_at: number | null;
  readonly expired_at: number | null;
  readonly cancelling_at: number | null;
  readonly cancelled_at: number | null;
  readonly request_counts: { readonly total: number; readonly completed: number; readonly failed: number };
  readonly metadata: Readonly<Record<string, string>> | null;
}

export function encodeBatch({ id, endpoint, errors, inputFileId, status, outputFileId, errorFileId, createdAt, expiresAt, since, counts, metadata }: Batch): BatchObject {
  return {
    id,
    object: 'batch',
    endpoint,
    errors: errors && { object: 'list', data: errors },
    input_file_id: inputFileId,
    completion_window: '24h',
    status,
    output_file_id: outputFileId,
    error_file_id: errorFileId,
    created_at: seconds(createdAt),
    in_progress_at: optional(since.in_progress),
    expires_at: seconds(expiresAt),
    finalizing_at: optional(since.finalizing),
    completed_at: optional(since.completed),
    failed_at: optional(since.failed),
    expired_at: optional(since.expired),
    cancelling_at: optional(since.cancelling),
    cancelled_at: optional(since.cancelled),
    request_counts: counts,
    metadata,
  };
}

function optional(ms: number | null): number | null {
  return ms === null ? null : seconds(ms);
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
