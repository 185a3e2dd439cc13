import { sql } from 'kysely';
import { setImmediate as others } from 'node:timers/promises';
import { bucketSizeOf } from './bucket-size.js';
import { classOf } from './latency-classes.js';
import { type LedgerFilter, rowsOf } from './ledger-filter.js';
import { type OverviewFigures, type OverviewRow, OverviewSum } from './overview-sum.js';
import { type Storage } from '../storage/storage.js';

/** One statement looks at so many rows, so that others come between: SQLite answers at once. */
const SLICE_ROWS = 2000;
/** Names of which something is told, and those that are counted one by one. */
const TOP = 20;
const MAX_NAMES = 1000;

export interface OverviewQuestion extends LedgerFilter {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

type NamedFigures = { readonly name: string | null } & OverviewFigures;

export interface Overview {
  readonly from: string;
  readonly to: string;
  readonly bucket_seconds: number;
  readonly totals: OverviewFigures;
  /** One after the other, those without a request too. The first one may begin before `from`, where nothing is counted. */
  readonly buckets: readonly ({ readonly start: string } & OverviewFigures)[];
  /** Those with the most requests. */
  readonly clients: readonly NamedFigures[];
  readonly providers: readonly NamedFigures[];
  readonly models: readonly NamedFigures[];
}

interface Row extends OverviewRow {
  readonly bucket: number;
  readonly client: string;
  readonly provider: string | null;
  readonly model: string | null;
}

/** What was asked and how it went, over a time: figures of the ledger, rounded where it is about how long things took. */
export class UsageOverview {
  constructor(private readonly storage: Pick<Storage, 'db'>) {}

  async of(question: OverviewQuestion): Promise<Overview> {
    const { from, to } = question;
    const size = bucketSizeOf(to - from);
    const origin = Math.floor(from / size) * size;
    const buckets = Array.from({ length: Math.max(1, Math.ceil((to - origin) / size)) }, () => new OverviewSum());
    const totals = new OverviewSum();
    const [clients, providers, models] = [new Names(), new Names(), new Names()];
    for await (const rows of this.#slices(question, origin, size)) {
      for (const row of rows) {
        totals.add(row);
        buckets[row.bucket]?.add(row);
        clients.of(row.client)?.add(row);
        providers.of(row.provider)?.add(row);
        models.of(row.model)?.add(row);
      }
    }
    return {
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      bucket_seconds: size / 1000,
      totals: totals.figures,
      buckets: buckets.map((sum, index) => ({ start: new Date(origin + index * size).toISOString(), ...sum.figures })),
      clients: clients.top,
      providers: providers.top,
      models: models.top,
    };
  }

  async *#slices(question: OverviewQuestion, origin: number, size: number): AsyncGenerator<readonly Row[]> {
    let { from } = question;
    while (from < question.to) {
      const to = await this.#cut(from, question.to);
      yield await this.#slice(question, from, to, origin, size);
      from = to;
      await others();
    }
  }

  /** Where a slice ends that begins there: rows of one moment are not parted. */
  async #cut(from: number, to: number): Promise<number> {
    const rows = this.storage.db.selectFrom('usage').select('started_at').where('started_at', '>=', from).where('started_at', '<', to);
    const next = await rows.orderBy('started_at').limit(1).offset(SLICE_ROWS).executeTakeFirst();
    return next ? Math.max(next.started_at, from + 1) : to;
  }

  async #slice(filter: LedgerFilter, from: number, to: number, origin: number, size: number): Promise<Row[]> {
    const bucket = sql<number>`cast((started_at - cast(${origin} as bigint)) / cast(${size} as bigint) as bigint)`;
    const rows = await rowsOf(this.storage.db, filter, from, to)
      .select([
        bucket.as('bucket'),
        'client_name as client',
        'provider',
        'model',
        classOf('latency_ms').as('latencyClass'),
        classOf('ttft_ms').as('firstClass'),
        sql<number>`count(*)`.as('requests'),
        sum('errors', sql`case when status >= 400 and status <> 499 then 1 else 0 end`),
        sum('aborted', sql`case when status = 499 then 1 else 0 end`),
        sum('promptTokens', sql`prompt_tokens`),
        sum('completionTokens', sql`completion_tokens`),
        sum('cachedTokens', sql`cached_tokens`),
        sum('costNanos', sql`cost_nanos`),
        sum('cacheHits', sql`case when cache = 'hit' then 1 else 0 end`),
      ])
      // By their places: the expressions of two would not be known for the same.
      .groupBy([1, 2, 3, 4, 5, 6].map((place) => sql`${sql.lit(place)}`))
      .execute();
    return rows as unknown as Row[];
  }
}

/** Exact as long as it is a number, whatever the database's own sums are. */
function sum(name: keyof OverviewRow, value: ReturnType<typeof sql>): ReturnType<ReturnType<typeof sql<number>>['as']> {
  return sql<number>`coalesce(sum(cast(${value} as double precision)), 0)`.as(name);
}

/** Sums by name, so many at most: what is beyond is in the totals alone. */
class Names {
  readonly #sums = new Map<string | null, OverviewSum>();

  of(name: string | null): OverviewSum | undefined {
    const known = this.#sums.get(name);
    if (known || this.#sums.size >= MAX_NAMES) return known;
    const sum = new OverviewSum();
    this.#sums.set(name, sum);
    return sum;
  }

  get top(): NamedFigures[] {
    const most = [...this.#sums]
      .sort(([name, sum], [other, more]) => more.requests - sum.requests || Number(name === null) - Number(other === null) || (name ?? '').localeCompare(other ?? ''))
      .slice(0, TOP);
    return most.map(([name, sum]) => ({ name, ...sum.figures }));
  }
}
