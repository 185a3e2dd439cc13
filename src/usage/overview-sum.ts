import { LatencyClasses, type Percentiles } from './latency-classes.js';
import { dollarsOf } from './amount.js';

/** What was counted of some rows that are alike. */
export interface OverviewRow {
  readonly requests: number;
  readonly errors: number;
  readonly aborted: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
  readonly costNanos: number;
  readonly cacheHits: number;
  readonly latencyClass: number;
  /** Null: no stream, or one without a word. */
  readonly firstClass: number | null;
}

export interface OverviewFigures {
  readonly requests: number;
  readonly errors: number;
  readonly aborted: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly cached_tokens: number;
  readonly cost_usd: number;
  readonly cache_hits: number;
  readonly latency_ms: Percentiles | null;
  readonly ttft_ms: Percentiles | null;
}

/** Adds up what requests took, and how long. */
export class OverviewSum {
  requests = 0;
  #errors = 0;
  #aborted = 0;
  #promptTokens = 0;
  #completionTokens = 0;
  #cachedTokens = 0;
  #costNanos = 0;
  #cacheHits = 0;
  readonly #latency = new LatencyClasses();
  readonly #first = new LatencyClasses();

  add(row: OverviewRow): void {
    this.requests += row.requests;
    this.#errors += row.errors;
    this.#aborted += row.aborted;
    this.#promptTokens += row.promptTokens;
    this.#completionTokens += row.completionTokens;
    this.#cachedTokens += row.cachedTokens;
    this.#costNanos += row.costNanos;
    this.#cacheHits += row.cacheHits;
    this.#latency.add(row.latencyClass, row.requests);
    if (row.firstClass !== null) this.#first.add(row.firstClass, row.requests);
  }

  get figures(): OverviewFigures {
    return {
      requests: this.requests,
      errors: this.#errors,
      aborted: this.#aborted,
      prompt_tokens: this.#promptTokens,
      completion_tokens: this.#completionTokens,
      cached_tokens: this.#cachedTokens,
      cost_usd: dollarsOf(this.#costNanos),
      cache_hits: this.#cacheHits,
      latency_ms: this.#latency.percentiles,
      ttft_ms: this.#first.percentiles,
    };
  }
}
