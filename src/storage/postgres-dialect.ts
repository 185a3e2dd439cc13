import { type DatabaseConnection, type Driver, PostgresDialect, type PostgresDialectConfig, PostgresDriver } from 'kysely';
import { DatabaseAwayError, isAway } from './database-away.js';

/** Told when the database went away, or came back; each once. */
export interface DatabaseWatch {
  away(cause: unknown): void;
  back(): void;
}

/** Kysely over PostgreSQL, whose outages are told in the gateway's own words. */
export class AwarePostgresDialect extends PostgresDialect {
  readonly #config: PostgresDialectConfig;

  constructor(
    config: PostgresDialectConfig,
    private readonly watch: DatabaseWatch,
  ) {
    super(config);
    this.#config = config;
  }

  override createDriver(): Driver {
    return new AwareDriver(this.#config, this.watch);
  }
}

class AwareDriver extends PostgresDriver {
  readonly #aware = new WeakSet<DatabaseConnection>();
  #away = false;

  constructor(
    config: PostgresDialectConfig,
    private readonly watch: DatabaseWatch,
  ) {
    super(config);
  }

  /** Whatever is asked over it, a transaction's beginning and end too, goes through its `executeQuery`. */
  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await this.#told(super.acquireConnection());
    if (this.#aware.has(connection)) return connection;
    this.#aware.add(connection);
    const ask = connection.executeQuery.bind(connection);
    return Object.assign(connection, { executeQuery: (async (query) => this.#told(ask(query))) satisfies DatabaseConnection['executeQuery'] });
  }

  /** @throws DatabaseAwayError in the place of an error that says so */
  async #told<T>(work: Promise<T>): Promise<T> {
    try {
      const answer = await work;
      if (this.#away) this.watch.back();
      this.#away = false;
      return answer;
    } catch (error) {
      if (!isAway(error)) throw error;
      if (!this.#away) this.watch.away(error);
      this.#away = true;
      throw new DatabaseAwayError(error);
    }
  }
}
