import { type RawBuilder, sql } from 'kysely';

/** Classes in which a time grows by the factor e: one is 8.7 % wide. */
const CLASSES = 12;
/** Enough for what the ledger can hold. */
const MAX_CLASSES = 400;

/** The class of a column of milliseconds, as either database says it; null where there is no value. */
export function classOf(column: 'latency_ms' | 'ttft_ms'): RawBuilder<number | null> {
  return sql<number | null>`floor(ln(cast(${sql.ref(column)} as double precision) + 1) * ${sql.lit(CLASSES)})`;
}

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
}

/** How many times lie in which class: enough to know quantiles within ten per cent, and quick to add up. */
export class LatencyClasses {
  readonly #counts = new Float64Array(MAX_CLASSES);
  #total = 0;

  add(which: number, count: number): void {
    const place = Math.min(which, MAX_CLASSES - 1);
    this.#counts[place] = (this.#counts[place] ?? 0) + count;
    this.#total += count;
  }

  /** In whole milliseconds; null where nothing was counted. */
  get percentiles(): Percentiles | null {
    return this.#total === 0 ? null : { p50: this.quantile(0.5), p95: this.quantile(0.95) };
  }

  /** The time that a share of all do not exceed, by nearest rank: in the class that holds it, at its rank's place. */
  quantile(share: number): number {
    const rank = Math.max(1, Math.ceil(share * this.#total));
    let before = 0;
    for (const [which, count] of this.#counts.entries()) {
      if (before + count >= rank) return Math.round(Math.exp((which + (rank - before - 0.5) / count) / CLASSES) - 1);
      before += count;
    }
    return 0;
  }
}
