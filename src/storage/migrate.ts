import { type Kysely } from 'kysely';
import { Migrator, type MigrationProvider } from 'kysely/migration';
import { type Database } from './database.js';
import { migrations } from './migrations/index.js';

/** The database knows migrations that this version does not. */
export class NewerSchemaError extends Error {}

/**
 * Brings the tables up to date; who comes at the same time waits.
 *
 * @throws NewerSchemaError; the database's own error
 */
export async function migrate(db: Kysely<Database>, provider: MigrationProvider = { getMigrations: () => Promise.resolve({ ...migrations }) }): Promise<void> {
  const migrator = new Migrator({ db, provider, migrationTableName: 'shellm_migrations', migrationLockTableName: 'shellm_migrations_lock' });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  // Kysely tells it by its words alone.
  const cause = error as Error;
  if (cause.message.includes('corrupted migrations')) throw new NewerSchemaError('The database was made by another version of SheLLM.');
  throw cause;
}
