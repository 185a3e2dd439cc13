import { type Kysely, PostgresAdapter, sql } from 'kysely';

export const conversations = {
  async up(db: Kysely<unknown>): Promise<void> {
    const stored = db.getExecutor().adapter instanceof PostgresAdapter;
    const size = sql`octet_length(system) + octet_length(messages) + octet_length(metadata)`;
    await db.schema
      .createTable('conversations')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('owner', 'text', (column) => column.notNull())
      .addColumn('provider', 'text')
      .addColumn('model', 'text')
      .addColumn('system', 'text', (column) => column.notNull())
      .addColumn('messages', 'text', (column) => column.notNull())
      .addColumn('metadata', 'text', (column) => column.notNull())
      .addColumn('turns', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('used_at', 'bigint', (column) => column.notNull())
      .addColumn('bytes', 'bigint', (column) => (stored ? column.generatedAlwaysAs(size).stored() : column.generatedAlwaysAs(size)))
      .execute();
    await db.schema.createIndex('conversations_by_owner').on('conversations').columns(['owner', 'used_at', 'bytes', 'id']).execute();
    await db.schema.createIndex('conversations_by_use').on('conversations').column('used_at').execute();
  },
};
