/** What was measured over a time, of whoever was asked for. */
export interface Figures {
  readonly requests: number;
  readonly errors: number;
  /** The client left: no error of ours. */
  readonly aborted: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly cached_tokens: number;
  readonly cost_usd: number;
  readonly cache_hits: number;
  readonly latency_ms: Percentiles | null;
  readonly ttft_ms: Percentiles | null;
}

interface Percentiles {
  readonly p50: number;
  readonly p95: number;
}

export interface Named extends Figures {
  /** Null: nobody; a request that found no provider. */
  readonly name: string | null;
}

export interface Bucket extends Figures {
  readonly start: string;
}

export interface Overview {
  readonly from: string;
  readonly to: string;
  readonly bucket_seconds: number;
  readonly totals: Figures;
  readonly buckets: readonly Bucket[];
  readonly clients: readonly Named[];
  readonly providers: readonly Named[];
  readonly models: readonly Named[];
}
