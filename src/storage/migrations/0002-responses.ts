import { type Kysely } from 'kysely';

export const responses = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('responses')
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('owner', 'text', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('body', 'text', (column) => column.notNull())
      .addColumn('input', 'text', (column) => column.notNull())
      .addColumn('messages', 'text', (column) => column.notNull())
      .addColumn('instance', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('seen_at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('responses_by_owner').on('responses').columns(['owner', 'created_at']).execute();
    await db.schema.createIndex('responses_by_age').on('responses').column('created_at').execute();
    await db.schema.createIndex('responses_by_status').on('responses').columns(['status', 'seen_at']).execute();
    await db.schema
      .createTable('response_events')
      .addColumn('response_id', 'text', (column) => column.notNull().references('responses.id').onDelete('cascade'))
      .addColumn('sequence', 'integer', (column) => column.notNull())
      .addColumn('event', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('response_events_key', ['response_id', 'sequence'])
      .execute();
  },
};
