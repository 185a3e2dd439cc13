import { type Kysely } from 'kysely';

export const usage = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('usage')
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('request_id', 'text')
      .addColumn('started_at', 'bigint', (column) => column.notNull())
      .addColumn('client_id', 'text', (column) => column.notNull())
      .addColumn('client_name', 'text', (column) => column.notNull())
      .addColumn('provider', 'text')
      .addColumn('model', 'text')
      .addColumn('prompt_tokens', 'bigint', (column) => column.notNull())
      .addColumn('completion_tokens', 'bigint', (column) => column.notNull())
      .addColumn('cached_tokens', 'bigint', (column) => column.notNull())
      .addColumn('cache_write_tokens', 'bigint', (column) => column.notNull())
      .addColumn('reasoning_tokens', 'bigint', (column) => column.notNull())
      .addColumn('estimated', 'integer', (column) => column.notNull())
      .addColumn('scaffold_tokens', 'bigint')
      .addColumn('cost_nanos', 'bigint')
      .addColumn('latency_ms', 'bigint', (column) => column.notNull())
      .addColumn('ttft_ms', 'bigint')
      .addColumn('status', 'integer', (column) => column.notNull())
      .addColumn('error', 'text')
      .addColumn('streamed', 'integer', (column) => column.notNull())
      .addColumn('fallback_from', 'text')
      .addColumn('cache', 'text')
      .addColumn('session_id', 'text')
      .execute();
    await db.schema.createIndex('usage_by_time').on('usage').column('started_at').execute();
    await db.schema
      .createTable('spend')
      .addColumn('client_id', 'text', (column) => column.notNull())
      .addColumn('period', 'text', (column) => column.notNull())
      .addColumn('tokens', 'bigint', (column) => column.notNull())
      .addColumn('cost_nanos', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('spend_key', ['client_id', 'period'])
      .execute();
    await db.schema.createIndex('spend_by_period').on('spend').column('period').execute();
  },
};
