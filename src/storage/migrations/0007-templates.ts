import { type Kysely, PostgresAdapter, sql } from 'kysely';

/** The texts are JSON: a column of text takes no NUL in PostgreSQL. */
export const templates = {
  async up(db: Kysely<unknown>): Promise<void> {
    const stored = db.getExecutor().adapter instanceof PostgresAdapter;
    const size = sql`octet_length(summary) + octet_length(texts)`;
    await db.schema
      .createTable('templates')
      .addColumn('owner', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('summary', 'text', (column) => column.notNull())
      .addColumn('texts', 'text', (column) => column.notNull())
      .addColumn('shared', 'integer', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .addColumn('bytes', 'bigint', (column) => (stored ? column.generatedAlwaysAs(size).stored() : column.generatedAlwaysAs(size)))
      .addPrimaryKeyConstraint('templates_key', ['owner', 'name'])
      .execute();
    await db.schema.createIndex('templates_by_sharing').on('templates').columns(['shared', 'name']).execute();
    await db.schema.createIndex('templates_by_size').on('templates').columns(['owner', 'bytes']).execute();
  },
};
