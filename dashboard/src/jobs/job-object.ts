/** A job of `GET /jobs?all=true`. Times are seconds since 1970. */
export interface JobObject {
  readonly id: string;
  readonly status: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
  readonly client?: string;
  readonly result?: unknown;
  readonly error?: { readonly message: string; readonly code: string | null };
  readonly created_at: number;
  readonly finished_at?: number;
  readonly delivery?: DeliveryObject | undefined;
}

interface DeliveryObject {
  readonly state: 'pending' | 'delivered' | 'dead';
  readonly attempts: number;
  readonly next_at: number | null;
  readonly last_error: string | null;
}

export function isOver({ status }: JobObject): boolean {
  return status !== 'queued' && status !== 'running';
}

/** Where a job is, whosever it is. */
export function jobPath(id: string, action = ''): string {
  return `/jobs/${encodeURIComponent(id)}${action}?all=true`;
}
