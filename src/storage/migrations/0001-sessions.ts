import { type Kysely } from 'kysely';

export const sessions = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('sessions')
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('owner', 'text', (column) => column.notNull())
      .addColumn('provider', 'text')
      .addColumn('model', 'text')
      .addColumn('system', 'text', (column) => column.notNull())
      .addColumn('messages', 'text', (column) => column.notNull())
      .addColumn('turns', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('used_at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('sessions_by_owner').on('sessions').columns(['owner', 'used_at']).execute();
    await db.schema.createIndex('sessions_by_use').on('sessions').column('used_at').execute();
    await db.schema.createIndex('sessions_by_age').on('sessions').column('created_at').execute();
  },
};
