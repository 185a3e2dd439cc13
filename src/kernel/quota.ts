/** One limit that a vendor reports of an account (`GET /quota`). */
export interface QuotaWindow {
  /** The vendor's word for it: `five_hour`, `weekly`, `requests`, `tokens`. */
  readonly window: string;
  /** 0 to 100 and above; null where the vendor does not tell. */
  readonly used_percent: number | null;
  /** ISO 8601, UTC; null where the vendor does not tell. */
  readonly resets_at: string | null;
  readonly status: 'allowed' | 'warning' | 'exhausted' | 'unknown';
}
