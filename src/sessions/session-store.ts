import { type ExpressionBuilder, type ExpressionWrapper, type SqlBool } from 'kysely';
import { type SessionSettings } from './session-settings.js';
import { type Session, type SessionState, type SessionSummary } from './session.js';
import { type Message } from '../kernel/message.js';
import { type Database } from '../storage/database.js';
import { BATCH, deleteInBatches } from '../storage/delete-in-batches.js';
import { type Storage } from '../storage/storage.js';

interface SummaryRow {
  readonly id: string;
  readonly provider: string | null;
  readonly model: string | null;
  readonly turns: number;
  readonly created_at: number;
  readonly used_at: number;
}

const summaryColumns = ['id', 'provider', 'model', 'turns', 'created_at', 'used_at'] as const;

/** The sessions in the database. One that has expired is as good as none. */
export class SessionStore {
  constructor(
    private readonly storage: Storage,
    private readonly settings: Pick<SessionSettings, 'ttlMs' | 'maxAgeMs'>,
    private readonly now: () => number,
  ) {}

  async insert(id: string, owner: string): Promise<Session> {
    const now = this.now();
    await this.storage.db.insertInto('sessions').values({ id, owner, system: '[]', messages: '[]', created_at: now, used_at: now }).execute();
    return { ...this.#summary({ id, provider: null, model: null, turns: 0, created_at: now, used_at: now }), system: [], messages: [] };
  }

  async find(id: string, owner: string): Promise<Session | undefined> {
    const row = await this.storage.db
      .selectFrom('sessions')
      .select([...summaryColumns, 'system', 'messages'])
      .where('id', '=', id)
      .where('owner', '=', owner)
      .where((builder) => this.#alive(builder))
      .executeTakeFirst();
    return row && { ...this.#summary(row), system: JSON.parse(row.system) as string[], messages: JSON.parse(row.messages) as Message[] };
  }

  async exists(id: string, owner: string): Promise<boolean> {
    const { db } = this.storage;
    const row = await db
      .selectFrom('sessions')
      .select('id')
      .where('id', '=', id)
      .where('owner', '=', owner)
      .where((builder) => this.#alive(builder))
      .executeTakeFirst();
    return row !== undefined;
  }

  /** False: there is no session that has had so many turns. */
  async update({ id, turns }: Pick<SessionSummary, 'id' | 'turns'>, { target, system }: SessionState, messages: string): Promise<boolean> {
    const { numUpdatedRows } = await this.storage.db
      .updateTable('sessions')
      .set({ provider: target.provider, model: target.model, system: JSON.stringify(system), messages, turns: turns + 1, used_at: this.now() })
      .where('id', '=', id)
      .where('turns', '=', turns)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** Those used last come first. */
  async list(owner: string, limit: number): Promise<SessionSummary[]> {
    const rows = await this.storage.db
      .selectFrom('sessions')
      .select(summaryColumns)
      .where('owner', '=', owner)
      .where((builder) => this.#alive(builder))
      .orderBy('used_at', 'desc')
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map((row) => this.#summary(row));
  }

  /** False: there was none. */
  async remove(id: string, owner: string): Promise<boolean> {
    const { numDeletedRows } = await this.storage.db
      .deleteFrom('sessions')
      .where('id', '=', id)
      .where('owner', '=', owner)
      .where((builder) => this.#alive(builder))
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }

  /** Deletes what an owner has over `max`, the longest unused first. */
  async trim(owner: string, max: number): Promise<void> {
    const { db } = this.storage;
    const surplus = db.selectFrom('sessions').select('id').where('owner', '=', owner).orderBy('used_at', 'desc').limit(BATCH).offset(max);
    await db.deleteFrom('sessions').where('id', 'in', surplus).execute();
  }

  /** Deletes sessions, whoever has them. */
  async removeAll(ids: readonly string[]): Promise<void> {
    for (let from = 0; from < ids.length; from += BATCH) {
      await this.storage.db
        .deleteFrom('sessions')
        .where('id', 'in', ids.slice(from, from + BATCH))
        .execute();
    }
  }

  /** Deletes what has expired, but for those in use. Resolves with how many. */
  removeExpired(inUse: readonly string[]): Promise<number> {
    return deleteInBatches((limit) => {
      const { db } = this.storage;
      const expired = db
        .selectFrom('sessions')
        .select('id')
        .where((builder) => builder.not(this.#alive(builder)))
        .$if(inUse.length > 0, (query) => query.where('id', 'not in', inUse))
        .limit(limit);
      return db.deleteFrom('sessions').where('id', 'in', expired);
    });
  }

  #alive(builder: ExpressionBuilder<Database, 'sessions'>): ExpressionWrapper<Database, 'sessions', SqlBool> {
    const now = this.now();
    return builder.and([builder('used_at', '>', now - this.settings.ttlMs), builder('created_at', '>', now - this.settings.maxAgeMs)]);
  }

  #summary({ id, provider, model, turns, created_at, used_at }: SummaryRow): SessionSummary {
    return {
      id,
      target: provider === null || model === null ? undefined : { provider, model },
      turns,
      createdAt: created_at,
      usedAt: used_at,
      expiresAt: Math.min(used_at + this.settings.ttlMs, created_at + this.settings.maxAgeMs),
    };
  }
}
