import { sql } from 'kysely';
import { type Database } from './database.js';
import { type Storage } from './storage.js';

/** The tables whose rows have an owner, and of which each may have so many. */
type Counted = keyof Pick<Database, 'responses' | 'idempotency_keys' | 'jobs' | 'batches'>;

/** The owners that have more than `max` rows in a table. */
export async function ownersOver({ db }: Storage, table: Counted, max: number): Promise<string[]> {
  const { rows } = await sql<{ owner: string }>`select owner from ${sql.table(table)} group by owner having count(*) > ${sql.lit(max)}`.execute(db);
  return rows.map(({ owner }) => owner);
}
