import { sql } from 'kysely';
import { setImmediate as others } from 'node:timers/promises';
import { rowsOf } from './ledger-filter.js';
import { type Grouping, type UsageQuestion } from './usage-question.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type Storage } from '../storage/storage.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** One statement looks at the rows of so long, so that others come between: SQLite answers at once. A day has whole ones. */
const SLICE_MS = 3 * HOUR_MS;
/** Over so many of them each is a day. */
const MAX_SLICES = 1000;
const MAX_GROUPS = 10_000;

/** What the completions of a group took together. */
export interface UsageSum {
  /** By what it is told apart; null: led nowhere. */
  readonly group: Readonly<Partial<Record<Grouping, string | null>>>;
  /** Those that failed too. */
  readonly requests: number;
  /** Of them: those that ended in an error. */
  readonly errors: number;
  /** Of them: those whose client left before the end. */
  readonly aborted: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
  readonly cacheWriteTokens: number;
  readonly reasoningTokens: number;
  readonly scaffoldTokens: number;
  /** Of the requests: those whose tokens are a guess. */
  readonly estimated: number;
  readonly costNanos: number;
  readonly cacheHits: number;
}

type Figures = Omit<UsageSum, 'group'>;

const columns = { client: 'client_name', provider: 'provider', model: 'model' } as const;

/** Adds up what is in the ledger. */
export class UsageReport {
  constructor(private readonly storage: Pick<Storage, 'db'>) {}

  /**
   * The sums, by day, then the dearest first.
   *
   * @throws GatewayError `invalid_parameter` where there are too many groups
   */
  async sums(question: UsageQuestion): Promise<UsageSum[]> {
    const groups = new Map<string, UsageSum>();
    const { groupBy } = question;
    if (groupBy.length === 0) groups.set('{}', { group: {}, ...none });
    for await (const { from, to } of this.#slices(question)) {
      for (const row of await this.#slice(question, from, to)) {
        const day = new Date(from).toISOString().slice(0, 10);
        const group = Object.fromEntries(groupBy.map((each) => [each, each === 'day' ? day : row[each]]));
        const key = JSON.stringify(group);
        groups.set(key, { group, ...sumOf(groups.get(key) ?? none, row) });
      }
      if (groups.size > MAX_GROUPS) throw tooMany();
      await others();
    }
    return [...groups.values()].sort(inOrder);
  }

  /** Between the first and the last row that is asked for, none over midnight. */
  async *#slices({ from: asked = 0, to: limit = Infinity }: UsageQuestion): AsyncGenerator<{ readonly from: number; readonly to: number }> {
    const [first, last] = [await this.#end('asc'), await this.#end('desc')];
    if (first === undefined || last === undefined) return;
    const end = Math.min(limit, last + 1);
    let from = Math.max(asked, first);
    const length = (end - from) / SLICE_MS > MAX_SLICES ? DAY_MS : SLICE_MS;
    while (from < end) {
      const to = Math.min(end, Math.floor(from / length) * length + length);
      yield { from, to };
      from = to;
    }
  }

  async #end(order: 'asc' | 'desc'): Promise<number | undefined> {
    return (await this.storage.db.selectFrom('usage').select('started_at').orderBy('started_at', order).limit(1).executeTakeFirst())?.started_at;
  }

  async #slice({ groupBy, ...filter }: UsageQuestion, from: number, to: number): Promise<Row[]> {
    let query = rowsOf(this.storage.db, filter, from, to);
    const by = groupBy.flatMap((each) => (each === 'day' ? [] : [each]));
    if (by.length > 0) query = query.groupBy(by.map((each) => columns[each]));
    const rows = await query
      .select([
        ...by.map((each) => sql<string | null>`${sql.ref(columns[each])}`.as(each)),
        sql<number>`count(*)`.as('requests'),
        sum('errors', sql`case when status >= 400 and status <> 499 then 1 else 0 end`),
        sum('aborted', sql`case when status = 499 then 1 else 0 end`),
        sum('promptTokens', sql`prompt_tokens`),
        sum('completionTokens', sql`completion_tokens`),
        sum('cachedTokens', sql`cached_tokens`),
        sum('cacheWriteTokens', sql`cache_write_tokens`),
        sum('reasoningTokens', sql`reasoning_tokens`),
        sum('scaffoldTokens', sql`scaffold_tokens`),
        sum('estimated', sql`estimated`),
        sum('costNanos', sql`cost_nanos`),
        sum('cacheHits', sql`case when cache = 'hit' then 1 else 0 end`),
      ])
      .execute();
    return rows as unknown as Row[];
  }
}

type Row = Figures & Readonly<Partial<Record<keyof typeof columns, string | null>>>;

const none: Figures = {
  requests: 0,
  errors: 0,
  aborted: 0,
  promptTokens: 0,
  completionTokens: 0,
  cachedTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  scaffoldTokens: 0,
  estimated: 0,
  costNanos: 0,
  cacheHits: 0,
};

/** Exact as long as it is a number, whatever the database's own sums are. */
function sum(name: keyof Figures, value: ReturnType<typeof sql>): ReturnType<ReturnType<typeof sql<number>>['as']> {
  return sql<number>`coalesce(sum(cast(${value} as double precision)), 0)`.as(name);
}

function sumOf(one: Figures, other: Figures): Figures {
  return Object.fromEntries((Object.keys(none) as (keyof Figures)[]).map((name) => [name, one[name] + other[name]])) as unknown as Figures;
}

function inOrder(one: UsageSum, other: UsageSum): number {
  const byDay = (one.group.day ?? '').localeCompare(other.group.day ?? '');
  return (
    byDay ||
    other.costNanos - one.costNanos ||
    tokensOf(other) - tokensOf(one) ||
    other.requests - one.requests ||
    JSON.stringify(one.group).localeCompare(JSON.stringify(other.group))
  );
}

function tokensOf({ promptTokens, completionTokens }: UsageSum): number {
  return promptTokens + completionTokens;
}

function tooMany(): GatewayError {
  return new GatewayError('invalid_parameter', `There are more than ${MAX_GROUPS} groups: group by less, or ask for less time.`, { param: 'group_by' });
}
