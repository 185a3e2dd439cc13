import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Kysely } from 'kysely';
import { type Database } from './database.js';
import { DatabaseAwayError } from './database-away.js';
import { migrate, NewerSchemaError } from './migrate.js';
import { openSqlite, unusable } from './open-sqlite.js';
import { ConfigurationError } from '../config/settings.js';
import { type Log } from '../observability/log.js';

/** What the gateway keeps: one database, with its tables up to date. */
@Injectable()
export class Storage implements OnApplicationShutdown {
  /**
   * PostgreSQL where `databaseUrl` is set, else a file in the data folder.
   *
   * @throws ConfigurationError in one line, without the URL, where it cannot be used
   */
  static async open(databaseUrl: string | undefined, dataDir: string, log: Log): Promise<Storage> {
    const db = databaseUrl === undefined ? openSqlite(dataDir) : (await import('./open-postgres.js')).openPostgres(databaseUrl, log);
    try {
      await migrate(db);
    } catch (cause) {
      await db.destroy();
      throw databaseUrl === undefined ? unusableFile(cause) : unusableServer(cause);
    }
    return new Storage(db);
  }

  private constructor(readonly db: Kysely<Database>) {}

  /** The HTTP server is closed by now. */
  async onApplicationShutdown(): Promise<void> {
    await this.db.destroy();
  }
}

function unusableFile(cause: unknown): ConfigurationError {
  return cause instanceof NewerSchemaError ? new ConfigurationError(`SHELLM_DATA_DIR: ${cause.message}`) : unusable(cause);
}

/** What is wrong with the server, without its URL. */
export function unusableServer(cause: unknown): ConfigurationError {
  if (cause instanceof NewerSchemaError) return new ConfigurationError(`DATABASE_URL: ${cause.message}`);
  const { code } = (cause instanceof DatabaseAwayError ? cause.cause : cause) as NodeJS.ErrnoException;
  return new ConfigurationError(`DATABASE_URL: PostgreSQL cannot be used (${code ?? 'it does not answer'})`, { cause });
}
