import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { type Database } from './database.js';
import { type Log } from '../observability/log.js';

/** PostgreSQL's whole numbers of eight bytes. */
const INT8 = 20;

/** The database that `DATABASE_URL` names. Nothing is connected before the first query. */
export function openPostgres(url: string, log: Log): Kysely<Database> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 5000,
    idleTimeoutMillis: 30_000,
    application_name: 'shellm',
    // Times and counts: all of them far below what a number holds.
    types: { getTypeParser: (oid: number, format?: 'text' | 'binary') => (oid === INT8 ? Number : (pg.types.getTypeParser(oid, format as 'text') as unknown)) },
  } as pg.PoolConfig);
  pool.on('error', (error: Error) => {
    log.warn({ code: (error as NodeJS.ErrnoException).code }, 'a connection to PostgreSQL was lost');
  });
  return new Kysely({ dialect: new PostgresDialect({ pool }) });
}
