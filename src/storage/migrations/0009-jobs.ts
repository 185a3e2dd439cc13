import { type Kysely, sql } from 'kysely';

export const jobs = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('job_queue')
      .addColumn('queue', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('priority', 'integer', (column) => column.notNull())
      .addColumn('due_at', 'bigint', (column) => column.notNull())
      .addColumn('added_at', 'bigint', (column) => column.notNull())
      .addColumn('claim', 'text')
      .addColumn('instance', 'text')
      .addColumn('lease_until', 'bigint')
      .addPrimaryKeyConstraint('job_queue_key', ['queue', 'id'])
      .execute();
    await db.schema.createIndex('job_queue_by_order').on('job_queue').columns(['queue', 'priority desc', 'added_at']).execute();
    await db.schema
      .createTable('jobs')
      .addColumn('id', 'text', (column) => column.primaryKey().notNull())
      .addColumn('owner', 'text', (column) => column.notNull())
      .addColumn('status', 'text', (column) => column.notNull())
      .addColumn('request', 'text')
      .addColumn('tag', 'integer', (column) => column.notNull())
      .addColumn('tries', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('result', 'text')
      .addColumn('error', 'text')
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('finished_at', 'bigint')
      .addColumn('callback_url', 'text', (column) => column.notNull())
      .addColumn('delivery', 'text')
      .addColumn('delivery_tries', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('delivery_at', 'bigint')
      .addColumn('delivery_error', 'text')
      .addColumn('bytes', 'bigint', (column) => column.generatedAlwaysAs(sql`coalesce(octet_length(request), 0) + coalesce(octet_length(result), 0)`).stored())
      .execute();
    await db.schema.createIndex('jobs_by_owner').on('jobs').columns(['owner', 'created_at', 'bytes', 'id']).execute();
    await db.schema.createIndex('jobs_by_status').on('jobs').columns(['status', 'tag', 'owner']).execute();
    await db.schema.createIndex('jobs_by_owner_and_status').on('jobs').columns(['owner', 'status', 'tag', 'bytes']).execute();
    await db.schema.createIndex('jobs_by_delivery').on('jobs').columns(['delivery', 'owner', 'created_at']).execute();
    await db.schema.createIndex('jobs_by_age').on('jobs').column('created_at').execute();
  },
};
