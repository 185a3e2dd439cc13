import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { type Database } from './database.js';
import { type Log } from '../observability/log.js';

/** Whole numbers of eight bytes are times and counts: all of them far below what a number holds. */
const getTypeParser: pg.CustomTypesConfig['getTypeParser'] = (...asked) => (asked[0] === pg.types.builtins.INT8 ? Number : (pg.types.getTypeParser(...asked) as unknown));

/** The database that `DATABASE_URL` names. Nothing is connected before the first query. */
export function openPostgres(url: string, log: Log): Kysely<Database> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 5000,
    idleTimeoutMillis: 30_000,
    application_name: 'shellm',
    types: { getTypeParser },
  });
  pool.on('error', (error: Error) => {
    log.warn({ code: (error as NodeJS.ErrnoException).code }, 'a connection to PostgreSQL was lost');
  });
  return new Kysely({ dialect: new PostgresDialect({ pool }) });
}
