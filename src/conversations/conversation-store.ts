import { type SelectQueryBuilder } from 'kysely';
import { type Conversation, type ConversationDefinition, type ConversationSummary, type Metadata } from './conversation.js';
import { decodeHistory, decodeSummary, historyColumns, summaryColumns } from '../histories/history-row.js';
import { alive, type Lifetime } from '../histories/lifetime.js';
import { type Database } from '../storage/database.js';
import { type Storage } from '../storage/storage.js';

/** The conversations in the database: how they begin, and what clients see of them. */
export class ConversationStore {
  constructor(
    private readonly storage: Storage,
    private readonly life: Lifetime,
    private readonly now: () => number,
  ) {}

  async insert(id: string, owner: string, { system, metadata }: ConversationDefinition): Promise<Conversation> {
    const now = this.now();
    const texts = system === undefined ? [] : [system];
    const row = { id, system: JSON.stringify(texts), messages: '[]', metadata: JSON.stringify(metadata), created_at: now, used_at: now };
    await this.storage.db
      .insertInto('conversations')
      .values({ ...row, owner })
      .execute();
    return { ...decodeHistory({ ...row, provider: null, model: null, turns: 0 }, this.life), metadata };
  }

  async find(id: string, owner: string): Promise<Conversation | undefined> {
    const row = await this.#alive(owner)
      .select([...historyColumns, 'metadata'])
      .where('id', '=', id)
      .executeTakeFirst();
    return row && { ...decodeHistory(row, this.life), metadata: JSON.parse(row.metadata) as Metadata };
  }

  /**
   * Those used last come first.
   *
   * @param after the id of the one before the first one
   * @returns undefined where there is none of that id
   */
  async list(owner: string, after: string | undefined, limit: number): Promise<ConversationSummary[] | undefined> {
    const before = after === undefined ? undefined : await this.#alive(owner).select(['used_at', 'id']).where('id', '=', after).executeTakeFirst();
    if (after !== undefined && !before) return undefined;
    let query = this.#alive(owner).select([...summaryColumns, 'metadata']);
    if (before) {
      query = query.where((builder) =>
        builder.or([builder('used_at', '<', before.used_at), builder.and([builder('used_at', '=', before.used_at), builder('id', '<', before.id)])]),
      );
    }
    const rows = await query.orderBy('used_at', 'desc').orderBy('id', 'desc').limit(limit).execute();
    return rows.map((row) => ({ ...decodeSummary(row, this.life), metadata: JSON.parse(row.metadata) as Metadata }));
  }

  #alive(owner: string): SelectQueryBuilder<Database, 'conversations', object> {
    return this.storage.db.selectFrom('conversations').where('owner', '=', owner).where(alive(this.life, this.now()));
  }
}
