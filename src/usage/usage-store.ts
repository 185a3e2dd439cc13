import { type CompiledQuery, sql, type Transaction } from 'kysely';
import { periodOf } from './periods.js';
import { usageColumns, type UsageRow } from './usage-row.js';
import { type Database, type SpendTable } from '../storage/database.js';
import { BATCH, deleteInBatches } from '../storage/delete-in-batches.js';
import { type Storage } from '../storage/storage.js';

/** Rows of one transaction. */
export const MAX_ROWS = 500;
/** Rows of one statement. A database keeps each that it has seen, so there are few; SQLite binds 32,766 values at most, and PostgreSQL 65,535. */
const SIZES = [100, 10, 1];
/** A sum stays below it, so that it stays a number which is exact. */
const MAX_SUM = 4e15;
const DAY_MS = 86_400_000;
/** A spend is kept as long as its period may last, however short rows are. */
const LONGEST_PERIOD_MS = 62 * DAY_MS;

/** The ledger in the database: what each completion took, and what each client has spent. */
export class UsageStore {
  /** By the number of their rows: to build and compile each anew cost a completion as much as SQLite's own work. */
  readonly #inserts = new Map<number, CompiledQuery<{ id: string }>>();

  constructor(private readonly storage: Storage) {}

  /**
   * Writes rows and adds them to what their clients have spent, all or nothing. A row that is there already is not written, and not added, again.
   *
   * @param rows at most {@link MAX_ROWS}
   * @returns what the clients have spent then, in every period that the rows lie in
   */
  insert(rows: readonly UsageRow[]): Promise<SpendTable[]> {
    return this.storage.db.transaction().execute(async (transaction) => {
      const written: string[] = [];
      for (const some of inSizes(rows)) written.push(...(await this.#insertRows(transaction, some)));
      const ids = written.length < rows.length ? new Set(written) : undefined;
      return addSpend(transaction, spendOf(ids ? rows.filter(({ id }) => ids.has(id)) : rows));
    });
  }

  /** What a client has spent in a period. */
  async spent(client: string, period: string): Promise<Pick<SpendTable, 'tokens' | 'cost_nanos'>> {
    const row = await this.storage.db.selectFrom('spend').select(['tokens', 'cost_nanos']).where('client_id', '=', client).where('period', '=', period).executeTakeFirst();
    return row ?? { tokens: 0, cost_nanos: 0 };
  }

  /** What everybody has spent in some periods. */
  async spentIn(periods: readonly string[]): Promise<SpendTable[]> {
    return this.storage.db.selectFrom('spend').selectAll().where('period', 'in', periods).execute();
  }

  /** @returns the ids of those that were not there */
  async #insertRows(transaction: Transaction<Database>, rows: readonly UsageRow[]): Promise<string[]> {
    let insert = this.#inserts.get(rows.length);
    if (!insert) this.#inserts.set(rows.length, (insert = insertOf(transaction, rows)));
    const written = await transaction.executeQuery<{ id: string }>({ ...insert, parameters: rows.flatMap((row) => usageColumns.map((column) => row[column])) });
    return written.rows.map(({ id }) => id);
  }

  /** Deletes what is older. @param time milliseconds since 1970 */
  async removeBefore(time: number, now: number): Promise<void> {
    const { db } = this.storage;
    await deleteInBatches((limit) => db.deleteFrom('usage').where('id', 'in', db.selectFrom('usage').select('id').where('started_at', '<', time).limit(limit)), BATCH);
    const before = Math.min(time, now - LONGEST_PERIOD_MS);
    for (const period of ['day', 'month'] as const) {
      await db.deleteFrom('spend').where('period', '>=', `${period}:`).where('period', '<', periodOf(period, before)).execute();
    }
  }
}

function* inSizes(rows: readonly UsageRow[]): Generator<readonly UsageRow[]> {
  for (let at = 0; at < rows.length;) {
    const size = SIZES.find((each) => each <= rows.length - at) ?? 1;
    yield rows.slice(at, (at += size));
  }
}

/** The statement for as many rows, their values in the order of `usageColumns`. */
function insertOf(transaction: Transaction<Database>, rows: readonly UsageRow[]): CompiledQuery<{ id: string }> {
  return transaction
    .insertInto('usage')
    .values(rows.map((row) => Object.fromEntries(usageColumns.map((column) => [column, row[column]])) as unknown as UsageRow))
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .compile();
}

interface DaySum {
  readonly client_id: string;
  readonly at: number;
  tokens: number;
  cost_nanos: number;
}

function sumsByDay(rows: readonly UsageRow[]): Iterable<DaySum> {
  const days = new Map<string, DaySum>();
  for (const { client_id, started_at, prompt_tokens, completion_tokens, cost_nanos } of rows) {
    const tokens = prompt_tokens + completion_tokens;
    const cost = cost_nanos ?? 0;
    if (tokens + cost === 0) continue;
    const key = `${Math.floor(started_at / DAY_MS)} ${client_id}`;
    let sum = days.get(key);
    if (!sum) days.set(key, (sum = { client_id, at: started_at, tokens: 0, cost_nanos: 0 }));
    sum.tokens += tokens;
    sum.cost_nanos += cost;
  }
  return days.values();
}

/** In one order always, so that of two who add none waits for the other for ever. */
function spendOf(rows: readonly UsageRow[]): SpendTable[] {
  const sums = new Map<string, SpendTable>();
  for (const { client_id, at, tokens, cost_nanos } of sumsByDay(rows)) {
    for (const each of ['day', 'month'] as const) {
      const period = periodOf(each, at);
      const key = `${period} ${client_id}`;
      const before = sums.get(key);
      sums.set(key, { client_id, period, tokens: tokens + (before?.tokens ?? 0), cost_nanos: cost_nanos + (before?.cost_nanos ?? 0) });
    }
  }
  return [...sums].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, sum]) => sum);
}

async function addSpend(transaction: Transaction<Database>, spend: SpendTable[]): Promise<SpendTable[]> {
  if (spend.length === 0) return [];
  return transaction
    .insertInto('spend')
    .values(spend)
    .onConflict((conflict) =>
      conflict.columns(['client_id', 'period']).doUpdateSet({
        tokens: sql<number>`case when spend.tokens > ${sql.lit(MAX_SUM)} then spend.tokens else spend.tokens + excluded.tokens end`,
        cost_nanos: sql<number>`case when spend.cost_nanos > ${sql.lit(MAX_SUM)} then spend.cost_nanos else spend.cost_nanos + excluded.cost_nanos end`,
      }),
    )
    .returningAll()
    .execute();
}
