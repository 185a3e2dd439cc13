import { type Kysely, PostgresAdapter, type RawBuilder, sql } from 'kysely';

/** What a row takes is worked out by the database. SQLite adds a column that is not stored, and stores it in the index; PostgreSQL stores it. */
export const bytes = {
  async up(db: Kysely<unknown>): Promise<void> {
    const stored = db.getExecutor().adapter instanceof PostgresAdapter;
    const addBytes = (table: string, sum: RawBuilder<unknown>): Promise<void> =>
      db.schema
        .alterTable(table)
        .addColumn('bytes', 'bigint', (column) => (stored ? column.generatedAlwaysAs(sum).stored() : column.generatedAlwaysAs(sum)))
        .execute();
    await db.schema
      .alterTable('responses')
      .addColumn('told', 'bigint', (column) => column.notNull().defaultTo(0))
      .execute();
    await addBytes('sessions', sql`octet_length(system) + octet_length(messages)`);
    await addBytes('responses', sql`octet_length(body) + octet_length(input) + octet_length(messages) + told`);
    await addBytes('idempotency_keys', sql`coalesce(octet_length(headers), 0) + coalesce(octet_length(body), 0)`);
    await db.schema.dropIndex('sessions_by_owner').execute();
    await db.schema.dropIndex('responses_by_owner').execute();
    await db.schema.createIndex('sessions_by_owner').on('sessions').columns(['owner', 'used_at', 'bytes', 'id']).execute();
    await db.schema.createIndex('responses_by_owner').on('responses').columns(['owner', 'created_at', 'bytes', 'id']).execute();
    await db.schema.createIndex('idempotency_keys_by_owner').on('idempotency_keys').columns(['owner', 'created_at', 'bytes', 'holder']).execute();
  },
};
