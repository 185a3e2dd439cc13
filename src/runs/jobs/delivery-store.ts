import { type Kysely } from 'kysely';
import { type JobRow } from './job.js';
import { type Owner } from './job-store.js';
import { BATCH } from '../../storage/delete-in-batches.js';
import { type Database } from '../../storage/database.js';
import { type Storage } from '../../storage/storage.js';

/** A job whose end is to be told. */
export interface PendingDelivery {
  readonly job: JobRow;
  readonly owner: string;
  readonly url: string;
  /** Tries that failed. */
  readonly tries: number;
}

/** How the telling of the jobs' ends goes, in the database. */
export class DeliveryStore {
  constructor(
    private readonly storage: Storage,
    private readonly now: () => number = Date.now,
  ) {}

  /** Undefined for one that need not be told any more. */
  async find(id: string): Promise<PendingDelivery | undefined> {
    const row = await this.storage.db
      .selectFrom('jobs')
      .select(['id', 'owner', 'status', 'result', 'error', 'created_at', 'finished_at', 'callback_url', 'delivery_tries'])
      .where('id', '=', id)
      .where('delivery', '=', 'pending')
      .executeTakeFirst();
    return row && { job: row, owner: row.owner, url: row.callback_url, tries: row.delivery_tries };
  }

  /** How many of an owner's jobs are to be told. */
  async pendingOf(owner: string, db: Kysely<Database>): Promise<number> {
    const { count } = await db
      .selectFrom('jobs')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('owner', '=', owner)
      .where('delivery', '=', 'pending')
      .executeTakeFirstOrThrow();
    return count;
  }

  /** Those that should have been told longer ago; some of them. */
  async overdue(ms: number): Promise<string[]> {
    const rows = await this.storage.db
      .selectFrom('jobs')
      .select('id')
      .where('delivery', '=', 'pending')
      .where('delivery_at', '<', this.now() - ms)
      .orderBy('delivery_at')
      .limit(BATCH)
      .execute();
    return rows.map(({ id }) => id);
  }

  async delivered(id: string, tries: number): Promise<void> {
    await this.#note(id, { delivery: 'delivered', delivery_tries: tries, delivery_at: null, delivery_error: null });
  }

  async failed(id: string, tries: number, error: string, againInMs: number): Promise<void> {
    await this.#note(id, { delivery: 'pending', delivery_tries: tries, delivery_at: this.now() + againInMs, delivery_error: error });
  }

  async dead(id: string, tries: number, error: string): Promise<void> {
    await this.#note(id, { delivery: 'dead', delivery_tries: tries, delivery_at: null, delivery_error: error });
  }

  /** It is told once more, with all its tries before it. Resolves with whose it is; undefined where there is nothing to tell, or it is being told. */
  async again(id: string, owner: Owner, db: Kysely<Database>): Promise<string | undefined> {
    const row = await db
      .updateTable('jobs')
      .set({ delivery: 'pending', delivery_tries: 0, delivery_at: this.now(), delivery_error: null })
      .where('id', '=', id)
      .where('delivery', 'in', ['delivered', 'dead'])
      .$if(owner !== undefined, (query) => query.where('owner', '=', owner ?? ''))
      .returning('owner')
      .executeTakeFirst();
    return row?.owner;
  }

  async #note(id: string, state: { delivery: string; delivery_tries: number; delivery_at: number | null; delivery_error: string | null }): Promise<void> {
    await this.storage.db.updateTable('jobs').set(state).where('id', '=', id).where('delivery', '=', 'pending').execute();
  }
}
