import { sql, type SqlBool } from 'kysely';
import { decodeHistory, historyColumns } from './history-row.js';
import { type History, type HistoryState, type HistorySummary } from './history.js';
import { alive, type Lifetime } from './lifetime.js';
import { BATCH, deleteInBatches } from '../storage/delete-in-batches.js';
import { type Storage } from '../storage/storage.js';

/** The histories of a table. */
export class HistoryStore {
  readonly #table: 'sessions';

  constructor(
    private readonly storage: Storage,
    table: 'sessions' | 'conversations',
    private readonly life: Lifetime,
    private readonly now: () => number,
  ) {
    // What both have is asked of either.
    this.#table = table as 'sessions';
  }

  /** With the characters of its messages' JSON. */
  async find(id: string, owner: string): Promise<{ readonly history: History; readonly size: number } | undefined> {
    const row = await this.storage.db
      .selectFrom(this.#table)
      .select(historyColumns)
      .where('id', '=', id)
      .where('owner', '=', owner)
      .where(alive(this.life, this.now()))
      .executeTakeFirst();
    return row && { history: decodeHistory(row, this.life), size: row.messages.length };
  }

  async exists(id: string, owner: string): Promise<boolean> {
    const { db } = this.storage;
    const row = await db.selectFrom(this.#table).select('id').where('id', '=', id).where('owner', '=', owner).where(alive(this.life, this.now())).executeTakeFirst();
    return row !== undefined;
  }

  /** False: there is no history that has had so many turns. */
  async update({ id, turns }: Pick<HistorySummary, 'id' | 'turns'>, { target, system }: HistoryState, messages: string): Promise<boolean> {
    const { numUpdatedRows } = await this.storage.db
      .updateTable(this.#table)
      .set({ provider: target.provider, model: target.model, system: JSON.stringify(system), messages, turns: turns + 1, used_at: this.now() })
      .where('id', '=', id)
      .where('turns', '=', turns)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** False: there was none. */
  async remove(id: string, owner: string): Promise<boolean> {
    const { numDeletedRows } = await this.storage.db.deleteFrom(this.#table).where('id', '=', id).where('owner', '=', owner).where(alive(this.life, this.now())).executeTakeFirst();
    return numDeletedRows > 0n;
  }

  /** Deletes what an owner has over `max`, the longest unused first. */
  async trim(owner: string, max: number): Promise<void> {
    const { db } = this.storage;
    const surplus = db.selectFrom(this.#table).select('id').where('owner', '=', owner).orderBy('used_at', 'desc').limit(BATCH).offset(max);
    await db.deleteFrom(this.#table).where('id', 'in', surplus).execute();
  }

  /** Deletes histories, whoever has them. */
  async removeAll(ids: readonly string[]): Promise<void> {
    for (let from = 0; from < ids.length; from += BATCH) {
      await this.storage.db
        .deleteFrom(this.#table)
        .where('id', 'in', ids.slice(from, from + BATCH))
        .execute();
    }
  }

  /** Deletes what has expired, but for those in use. Resolves with how many. */
  removeExpired(inUse: readonly string[]): Promise<number> {
    return deleteInBatches((limit) => {
      const { db } = this.storage;
      const expired = db
        .selectFrom(this.#table)
        .select('id')
        .where(sql<SqlBool>`not ${alive(this.life, this.now())}`)
        .$if(inUse.length > 0, (query) => query.where('id', 'not in', inUse))
        .limit(limit);
      return db.deleteFrom(this.#table).where('id', 'in', expired);
    });
  }
}
