import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { migrations } from './migrations/index.js';
import { FILE, unusable } from './open-sqlite.js';
import { unusableServer } from './storage.js';

/** A database as it is: nothing is made or changed. */
export interface DatabaseState {
  /** `SQLite`, `PostgreSQL 17.2`. */
  readonly engine: string;
  /** How long a question takes; undefined for a file. */
  readonly latencyMs: number | undefined;
  /** Migrations that the next start will make. */
  readonly pending: number;
  /** Migrations that this version does not know. */
  readonly unknown: number;
  /** Keys that were issued and not revoked, and whether there was ever a client or key. */
  readonly keys: number;
  readonly touched: boolean;
}

const TIMEOUT_MS = 3000;
const KEYS = 'SELECT count(*) AS n FROM api_keys WHERE revoked_at IS NULL';

type Ask = (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;

/**
 * Looks at the database that the gateway would use.
 *
 * @returns undefined where there is no file yet
 * @throws ConfigurationError in one line, without the URL
 */
export async function inspectDatabase(databaseUrl: string | undefined, dataDir: string): Promise<DatabaseState | undefined> {
  return databaseUrl === undefined ? inspectFile(join(dataDir, FILE)) : inspectServer(databaseUrl);
}

async function inspectFile(path: string): Promise<DatabaseState | undefined> {
  if (!existsSync(path)) return undefined;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: TIMEOUT_MS });
    const opened = database;
    const ask: Ask = (sql) => Promise.resolve(opened.prepare(sql).all());
    const tables = await namesOf(ask, "SELECT name FROM sqlite_schema WHERE type = 'table'");
    return { engine: 'SQLite', latencyMs: undefined, ...(await contentsOf(ask, tables)) };
  } catch (cause) {
    throw unusable(cause);
  } finally {
    database?.close();
  }
}

async function inspectServer(url: string): Promise<DatabaseState> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: TIMEOUT_MS, query_timeout: TIMEOUT_MS, application_name: 'shellm' });
  client.on('error', () => undefined); // the question fails by itself
  try {
    await client.connect();
    const ask: Ask = async (sql) => (await client.query<Record<string, unknown>>(sql)).rows;
    const began = performance.now();
    const [row] = await ask('SHOW server_version');
    const latencyMs = performance.now() - began;
    const tables = await namesOf(ask, 'SELECT tablename AS name FROM pg_catalog.pg_tables WHERE schemaname = ANY (current_schemas(false))');
    return { engine: `PostgreSQL ${String(row?.['server_version']).split(' ')[0] ?? ''}`, latencyMs, ...(await contentsOf(ask, tables)) };
  } catch (cause) {
    throw unusableServer(cause);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function contentsOf(ask: Ask, tables: ReadonlySet<string>): Promise<Pick<DatabaseState, 'pending' | 'unknown' | 'keys' | 'touched'>> {
  const done = tables.has('shellm_migrations') ? await namesOf(ask, 'SELECT name FROM shellm_migrations') : new Set<string>();
  const known = Object.keys(migrations);
  const keys = tables.has('api_keys') ? Number((await ask(KEYS))[0]?.['n'] ?? 0) : 0;
  const touched = tables.has('counters') && Number((await ask("SELECT value AS n FROM counters WHERE name = 'keys'"))[0]?.['n'] ?? 0) > 0;
  return { pending: known.filter((name) => !done.has(name)).length, unknown: [...done].filter((name) => !known.includes(name)).length, keys, touched };
}

async function namesOf(ask: Ask, sql: string): Promise<ReadonlySet<string>> {
  return new Set((await ask(sql)).map(({ name }) => String(name)));
}
