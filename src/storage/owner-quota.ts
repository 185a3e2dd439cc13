import { sql } from 'kysely';
import { type Database } from './database.js';
import { type Storage } from './storage.js';

/** The tables that clients fill, and how their rows are named and put in order of age. */
const tables = {
  sessions: { id: 'id', age: 'used_at' },
  conversations: { id: 'id', age: 'used_at' },
  responses: { id: 'id', age: 'created_at' },
  jobs: { id: 'id', age: 'created_at' },
  idempotency_keys: { id: 'holder', age: 'created_at' },
  files: { id: 'id', age: 'created_at' },
} as const satisfies Partial<Record<keyof Database, { id: string; age: string }>>;

/** When an owner has written this part of what it may keep, it is looked at. */
const PART = 8;

/** How many bytes each owner may keep in a table. */
export class OwnerQuota {
  /** What each owner wrote since it was looked at. */
  readonly #written = new Map<string, number>();

  /** @param max bytes */
  constructor(
    private readonly storage: Storage,
    private readonly table: keyof typeof tables,
    private readonly max: number,
  ) {}

  /** Notes what was written. True: it is time to look whether the owner has too much. */
  wrote(owner: string, bytes: number): boolean {
    const written = (this.#written.get(owner) ?? 0) + bytes;
    const due = written > this.max / PART;
    if (due) this.#written.delete(owner);
    else this.#written.set(owner, written);
    return due;
  }

  /** Bytes that an owner may keep over what there is of its own; negative where that is too much already. */
  async left(owner: string): Promise<number> {
    const { rows } = await sql<{ used: number }>`select cast(coalesce(sum(bytes), 0) as bigint) as used from ${sql.table(this.table)} where owner = ${owner}`.execute(
      this.storage.db,
    );
    return this.max - (rows[0]?.used ?? 0);
  }

  /** Who has too much. What was written until now is looked at with it. */
  async exceeded(): Promise<string[]> {
    this.#written.clear();
    const { rows } = await sql<{ owner: string }>`select owner from ${sql.table(this.table)} group by owner having sum(bytes) > ${sql.lit(this.max)}`.execute(this.storage.db);
    return rows.map(({ owner }) => owner);
  }

  /** What of an owner's has no room, counted from the newest on: by their ids. What is being made and holds nothing yet is not counted. */
  async surplus(owner: string): Promise<string[]> {
    const { id, age } = tables[this.table];
    const weighed = sql`select ${sql.ref(id)} as id, sum(bytes) over (order by ${sql.ref(age)} desc, ${sql.ref(id)} desc) as total from ${sql.table(this.table)} where owner = ${owner} and bytes > 0`;
    const { rows } = await sql<{ id: string }>`select id from (${weighed}) as weighed where total > ${sql.lit(this.max)}`.execute(this.storage.db);
    return rows.map((row) => row.id);
  }
}
