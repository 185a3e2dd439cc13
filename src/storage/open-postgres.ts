import { Kysely } from 'kysely';
import pg from 'pg';
import { type Database } from './database.js';
import { AwarePostgresDialect, type DatabaseWatch } from './postgres-dialect.js';
import { type Log } from '../observability/log.js';

/** No statement here takes so long on a server that is well. Milliseconds. */
const QUERY_MS = 30_000;

/** Whole numbers of eight bytes are times and counts: all of them far below what a number holds. */
const getTypeParser: pg.CustomTypesConfig['getTypeParser'] = (...asked) => (asked[0] === pg.types.builtins.INT8 ? Number : (pg.types.getTypeParser(...asked) as unknown));

/** The database that `DATABASE_URL` names. Nothing is connected before the first query. */
export function openPostgres(url: string, log: Log): Kysely<Database> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 5000,
    // A server that is gone without a word would be waited for as long as TCP does.
    query_timeout: QUERY_MS,
    keepAlive: true,
    idleTimeoutMillis: 30_000,
    application_name: 'shellm',
    types: { getTypeParser },
  });
  pool.on('error', (error: Error) => {
    log.debug({ code: codeOf(error) }, 'a connection to PostgreSQL was lost');
  });
  // A connection that breaks in the middle of a statement says so here too, and the pool listens to idle ones alone; the statement fails by itself.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const watch: DatabaseWatch = {
    away: (cause) => {
      log.warn({ code: codeOf(cause) }, 'PostgreSQL does not answer: completions go on, what has to be stored for the client is a 503 until it does');
    },
    back: () => {
      log.info('PostgreSQL answers again');
    },
  };
  return new Kysely({ dialect: new AwarePostgresDialect({ pool }, watch) });
}

function codeOf(error: unknown): unknown {
  return (error as NodeJS.ErrnoException).code;
}
