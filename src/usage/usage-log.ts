import { type SelectQueryBuilder, sql } from 'kysely';
import { setImmediate as others } from 'node:timers/promises';
import { type LedgerFilter, rowsOf } from './ledger-filter.js';
import { type UsageRow } from './usage-row.js';
import { type Database } from '../storage/database.js';
import { type Storage } from '../storage/storage.js';

/** One statement looks at so many rows, so that others come between: SQLite answers at once. */
const SLICE_ROWS = 10_000;

export const outcomes = ['ok', 'error', 'aborted'] as const;
type UsageOutcome = (typeof outcomes)[number];

/** The place of a row in the order of time. */
export type RowPlace = Pick<UsageRow, 'started_at' | 'id'>;

export interface LogQuestion extends LedgerFilter {
  /** Milliseconds since 1970; undefined: from the first row on. */
  readonly from: number | undefined;
  /** Exclusive. */
  readonly to: number | undefined;
  readonly outcome: UsageOutcome | undefined;
  readonly requestId: string | undefined;
  /** Only what lies before it. */
  readonly before: RowPlace | undefined;
  readonly limit: number;
}

type Rows = SelectQueryBuilder<Database, 'usage', object>;

/** The rows of the ledger, one by one. */
export class UsageLog {
  constructor(private readonly storage: Pick<Storage, 'db'>) {}

  /** The newest first. @param signal nobody waits any more: what is known by then is given */
  async list(question: LogQuestion, signal: AbortSignal): Promise<UsageRow[]> {
    const { from = 0, to = Infinity, before, limit } = question;
    const found: UsageRow[] = [];
    let end = Math.min(to, before ? before.started_at + 1 : Infinity, Number.MAX_SAFE_INTEGER);
    while (end > from && found.length < limit && !signal.aborted) {
      const begin = await this.#cut(from, end);
      found.push(...(await this.#slice(question, begin, end, limit - found.length)));
      end = begin;
      await others();
    }
    return found;
  }

  /** How many completions have begun since a time and are over, and how many of them failed. */
  async since(time: number): Promise<{ readonly requests: number; readonly errors: number }> {
    return this.storage.db
      .selectFrom('usage')
      .where('started_at', '>=', time)
      .select([sql<number>`count(*)`.as('requests'), sql<number>`cast(coalesce(sum(case when status >= 400 and status <> 499 then 1 else 0 end), 0) as bigint)`.as('errors')])
      .executeTakeFirstOrThrow();
  }

  /** Where a slice begins that ends there: rows of one moment are not parted. */
  async #cut(from: number, end: number): Promise<number> {
    const rows = this.storage.db.selectFrom('usage').select('started_at').where('started_at', '>=', from).where('started_at', '<', end);
    const next = await rows.orderBy('started_at', 'desc').limit(1).offset(SLICE_ROWS).executeTakeFirst();
    return next ? Math.min(next.started_at + 1, end - 1) : from;
  }

  async #slice(question: LogQuestion, from: number, end: number, limit: number): Promise<UsageRow[]> {
    const rows = narrowed(rowsOf(this.storage.db, question, from, end), question);
    return rows.selectAll().orderBy('started_at', 'desc').orderBy('id', 'desc').limit(limit).execute();
  }
}

function narrowed(rows: Rows, { outcome, requestId, before }: LogQuestion): Rows {
  let query = rows;
  if (outcome === 'ok') query = query.where('status', '<', 400);
  else if (outcome === 'aborted') query = query.where('status', '=', 499);
  else if (outcome === 'error') query = query.where('status', '>=', 400).where('status', '<>', 499);
  if (requestId !== undefined) query = query.where('request_id', '=', requestId);
  if (before) query = query.where((eb) => eb.or([eb('started_at', '<', before.started_at), eb('id', '<', before.id)]));
  return query;
}
