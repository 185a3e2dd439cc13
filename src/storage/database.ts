import { type Generated } from 'kysely';

/** Every table. The same in SQLite and PostgreSQL: text, whole numbers (times are milliseconds since 1970) and JSON as text. */
export interface Database {
  readonly sessions: SessionsTable;
}

/** A conversation that the gateway remembers. */
interface SessionsTable {
  readonly id: string;
  readonly owner: string;
  /** Who answered last; null before the first turn. */
  readonly provider: string | null;
  readonly model: string | null;
  /** JSON of the system texts and of the messages. */
  readonly system: string;
  readonly messages: string;
  readonly turns: Generated<number>;
  readonly created_at: number;
  readonly used_at: number;
}
