import { sql } from 'kysely';
import { decodeSummary, summaryColumns } from '../histories/history-row.js';
import { type History, type HistorySummary } from '../histories/history.js';
import { alive, type Lifetime } from '../histories/lifetime.js';
import { type Storage } from '../storage/storage.js';

export type OwnedSummary = HistorySummary & { readonly owner: string };

/** The sessions in the database: how they begin, and a list of them. */
export class SessionStore {
  constructor(
    private readonly storage: Storage,
    private readonly life: Lifetime,
    private readonly now: () => number,
  ) {}

  async insert(id: string, owner: string): Promise<History> {
    const now = this.now();
    await this.storage.db.insertInto('sessions').values({ id, owner, system: '[]', messages: '[]', created_at: now, used_at: now }).execute();
    return { ...decodeSummary({ id, provider: null, model: null, turns: 0, created_at: now, used_at: now }, this.life), system: [], messages: [] };
  }

  /** Of all owners, those that have expired and are not deleted yet included. */
  async count(): Promise<number> {
    const { count } = await this.storage.db
      .selectFrom('sessions')
      .select(sql<number>`count(*)`.as('count'))
      .executeTakeFirstOrThrow();
    return count;
  }

  /** Of all owners, those used last first. */
  async newest(limit: number): Promise<OwnedSummary[]> {
    const rows = await this.storage.db
      .selectFrom('sessions')
      .select([...summaryColumns, 'owner'])
      .where(alive(this.life, this.now()))
      .orderBy('used_at', 'desc')
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map((row) => ({ owner: row.owner, ...decodeSummary(row, this.life) }));
  }

  /** Those used last come first. */
  async list(owner: string, limit: number): Promise<HistorySummary[]> {
    const rows = await this.storage.db
      .selectFrom('sessions')
      .select(summaryColumns)
      .where('owner', '=', owner)
      .where(alive(this.life, this.now()))
      .orderBy('used_at', 'desc')
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map((row) => decodeSummary(row, this.life));
  }
}
