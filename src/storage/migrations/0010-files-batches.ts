import { type Kysely } from 'kysely';

export const filesBatches = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('files')
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('owner', 'text', (column) => column.notNull())
      .addColumn('purpose', 'text', (column) => column.notNull())
      .addColumn('filename', 'text', (column) => column.notNull())
      .addColumn('bytes', 'bigint', (column) => column.notNull().defaultTo(0))
      .addColumn('complete', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .addColumn('held_until', 'bigint', (column) => column.notNull().defaultTo(0))
      .execute();
    await db.schema.createIndex('files_by_owner').on('files').columns(['owner', 'created_at', 'id', 'bytes']).execute();
    await db.schema.createIndex('files_by_end').on('files').columns(['expires_at', 'held_until']).execute();
    await db.schema
      .createTable('file_chunks')
      .addColumn('file_id', 'text', (column) => column.notNull().references('files.id').onDelete('cascade'))
      .addColumn('sequence', 'integer', (column) => column.notNull())
      .addColumn('bytes', 'integer', (column) => column.notNull())
      .addColumn('text', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('file_chunks_key', ['file_id', 'sequence'])
      .execute();
    let batches = db.schema
      .createTable('batches')
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('owner', 'text', (column) => column.notNull())
      .addColumn('endpoint', 'text', (column) => column.notNull())
      .addColumn('input_file_id', 'text', (column) => column.notNull())
      .addColumn('output_file_id', 'text')
      .addColumn('error_file_id', 'text')
      .addColumn('output_ttl_s', 'integer')
      .addColumn('metadata', 'text')
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('errors', 'text')
      .addColumn('total', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('completed', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('failed', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('bytes', 'bigint', (column) => column.notNull().defaultTo(0))
      .addColumn('runs', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull());
    for (const state of ['in_progress', 'finalizing', 'completed', 'failed', 'expired', 'cancelling', 'cancelled']) batches = batches.addColumn(`${state}_at`, 'bigint');
    await batches.execute();
    await db.schema.createIndex('batches_by_owner').on('batches').columns(['owner', 'created_at', 'id']).execute();
    await db.schema.createIndex('batches_by_status').on('batches').columns(['status', 'created_at']).execute();
    await db.schema.createIndex('batches_by_age').on('batches').column('created_at').execute();
    await db.schema
      .createTable('batch_results')
      .addColumn('batch_id', 'text', (column) => column.notNull().references('batches.id').onDelete('cascade'))
      .addColumn('line', 'integer', (column) => column.notNull())
      .addColumn('succeeded', 'integer', (column) => column.notNull())
      .addColumn('bytes', 'integer', (column) => column.notNull())
      .addColumn('text', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('batch_results_key', ['batch_id', 'line'])
      .execute();
  },
};
