import { Kysely } from 'kysely';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Database } from './database.js';
import { LOCKED_MS } from './patient-connection.js';
import { NodeSqliteDialect } from './sqlite-dialect.js';
import { ConfigurationError } from '../config/settings.js';

export const FILE = 'shellm.db';
/**
 * The database in the data folder, made where there is none. A transaction that is committed survives the end of this process, however it ends.
 *
 * @throws ConfigurationError in one line where it cannot be used
 */
export function openSqlite(dataDir: string): Kysely<Database> {
  const path = join(dataDir, FILE);
  try {
    closeSync(openSync(path, 'a', 0o600)); // SQLite gives its other files the same mode
    const database = new DatabaseSync(path, { timeout: LOCKED_MS });
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 0;'); // from here on it is PatientConnection that waits
    return new Kysely({ dialect: new NodeSqliteDialect(database) });
  } catch (cause) {
    throw unusable(cause);
  }
}

/** What is wrong with the file, without its path. */
export function unusable(cause: unknown): ConfigurationError {
  const { code, errcode } = cause as { code?: string; errcode?: number };
  const why = (errcode === undefined ? undefined : reasons.get(errcode & 0xff)) ?? `cannot be opened (${code ?? 'unknown error'})`;
  return new ConfigurationError(`SHELLM_DATA_DIR: the database ${FILE} ${why}`, { cause });
}

/** https://www.sqlite.org/rescode.html: the primary result codes. */
const reasons: ReadonlyMap<number, string> = new Map([
  [5, 'is locked by another process'],
  [8, 'may not be written'],
  [10, 'cannot be read or written'],
  [11, 'is damaged'],
  [13, 'cannot grow: the disk is full'],
  [14, 'cannot be opened'],
  [26, 'is no SQLite database'],
]);
