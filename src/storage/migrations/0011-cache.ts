import { type Kysely } from 'kysely';

export const cache = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('cached_answers')
      .addColumn('key', 'text', (column) => column.primaryKey())
      .addColumn('bytes', 'bigint', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .addColumn('answer', 'text', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('cached_answers_by_age').on('cached_answers').columns(['created_at', 'bytes', 'key']).execute();
    await db.schema.createIndex('cached_answers_by_end').on('cached_answers').column('expires_at').execute();
  },
};
