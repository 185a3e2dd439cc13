import { type Kysely } from 'kysely';

export const keys = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('api_keys')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('digest', 'text', (column) => column.notNull().unique())
      .addColumn('last4', 'text', (column) => column.notNull())
      .addColumn('rpm', 'bigint')
      .addColumn('models', 'text')
      .addColumn('scopes', 'text', (column) => column.notNull())
      .addColumn('max_concurrent', 'bigint')
      .addColumn('budget', 'text')
      .addColumn('redact', 'integer', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('expires_at', 'bigint')
      .addColumn('revoked_at', 'bigint')
      .execute();
    await db.schema
      .createIndex('api_keys_by_name')
      .unique()
      .on('api_keys')
      .column('name')
      .where('revoked_at' as never, 'is', null)
      .execute();
    await db.schema
      .createTable('counters')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('value', 'bigint', (column) => column.notNull())
      .execute();
  },
};
