import { type JobsTable } from '../../storage/database.js';
import { type ChatError } from '../../wire/openai-chat/encode-error.js';

export const jobStatuses = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type JobStatus = (typeof jobStatuses)[number];
/** Under which a job can still be cancelled. */
export const unfinished = ['queued', 'running'] as const satisfies readonly JobStatus[];

export const deliveryStates = ['pending', 'delivered', 'dead'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** How the telling of a job's end goes. Times are seconds since 1970. */
export interface DeliveryObject {
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly next_at: number | null;
  readonly last_error: string | null;
}

/** A job as its client sees it, and as its callback is told. Times are seconds since 1970. */
export interface JobObject {
  readonly id: string;
  readonly object: 'job';
  readonly status: JobStatus;
  /** What the endpoint would have answered. */
  readonly result?: unknown;
  readonly error?: ChatError['error'];
  readonly created_at: number;
  readonly finished_at?: number;
}

/** How it ended. */
export type JobEnd = { readonly status: 'succeeded'; readonly result: object } | { readonly status: 'failed'; readonly error: ChatError['error'] };

export type JobRow = Pick<JobsTable, 'id' | 'status' | 'result' | 'error' | 'created_at' | 'finished_at'>;

export interface DeliveryRow {
  readonly delivery: string | null;
  readonly delivery_tries: number;
  readonly delivery_at: number | null;
  readonly delivery_error: string | null;
}

export function encodeJob({ id, status, result, error, created_at, finished_at }: JobRow): JobObject {
  return {
    id,
    object: 'job',
    status: status as JobStatus,
    ...(result !== null && { result: JSON.parse(result) as unknown }),
    ...(error !== null && { error: JSON.parse(error) as ChatError['error'] }),
    created_at: seconds(created_at),
    ...(finished_at !== null && { finished_at: seconds(finished_at) }),
  };
}

/** Undefined where there is nothing to tell. */
export function encodeDelivery({ delivery, delivery_tries, delivery_at, delivery_error }: DeliveryRow): DeliveryObject | undefined {
  if (delivery === null) return undefined;
  return { state: delivery as DeliveryState, attempts: delivery_tries, next_at: delivery_at === null ? null : seconds(delivery_at), last_error: delivery_error };
}

/** Its entry in the queues. */
export function entryIdOf(job: string): string {
  const digits = job.slice(PREFIX.length);
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join('-');
}

export function jobIdOf(entry: string): string {
  return `${PREFIX}${entry.replaceAll('-', '')}`;
}

const PREFIX = 'job_';

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
