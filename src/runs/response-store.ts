import { type Kysely } from 'kysely';
import { type ResponseBody, type ResponseEvent, type ResponseStatus, type StoredResponse } from './stored-response.js';
import { type Message } from '../kernel/message.js';
import { type Database } from '../storage/database.js';
import { type Storage } from '../storage/storage.js';

/** How many rows one statement of the clean-up deletes: the others' statements come between. */
const BATCH = 200;
/** How many events one query gives. */
const PAGE = 500;

const running: readonly ResponseStatus[] = ['queued', 'in_progress'];

/** The answers in the database. */
export class ResponseStore {
  constructor(
    private readonly storage: Storage,
    private readonly instance: string,
    private readonly now: () => number,
  ) {}

  async insert(owner: string, { body, input, messages }: StoredResponse): Promise<void> {
    const now = this.now();
    const { id, status } = body;
    await this.#db
      .insertInto('responses')
      .values({
        id,
        owner,
        status,
        body: JSON.stringify(body),
        input: JSON.stringify(input),
        messages: JSON.stringify(messages),
        instance: this.instance,
        created_at: now,
        seen_at: now,
      })
      .execute();
  }

  async find(id: string, owner: string): Promise<StoredResponse | undefined> {
    const row = await this.#db.selectFrom('responses').select(['body', 'input', 'messages']).where('id', '=', id).where('owner', '=', owner).executeTakeFirst();
    return row && { body: JSON.parse(row.body) as ResponseBody, input: JSON.parse(row.input) as unknown[], messages: JSON.parse(row.messages) as Message[] };
  }

  /** False: it is over already, or gone. */
  async update(id: string, body: ResponseBody, messages: readonly Message[]): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable('responses')
      .set({ status: body.status, body: JSON.stringify(body), messages: JSON.stringify(messages), seen_at: this.now() })
      .where('id', '=', id)
      .where('status', 'in', running)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** False: there was none. */
  async remove(id: string, owner: string): Promise<boolean> {
    const { numDeletedRows } = await this.#db.deleteFrom('responses').where('id', '=', id).where('owner', '=', owner).executeTakeFirst();
    return numDeletedRows > 0n;
  }

  async append(id: string, events: readonly ResponseEvent[]): Promise<void> {
    for (let from = 0; from < events.length; from += PAGE) {
      const rows = events.slice(from, from + PAGE).map((event) => ({ response_id: id, sequence: event.sequence_number, event: JSON.stringify(event) }));
      await this.#db.insertInto('response_events').values(rows).execute();
    }
  }

  /** The next events after a sequence number, in order; a page of them. */
  async events(id: string, after: number): Promise<ResponseEvent[]> {
    const rows = await this.#db.selectFrom('response_events').select('event').where('response_id', '=', id).where('sequence', '>', after).orderBy('sequence').limit(PAGE).execute();
    return rows.map(({ event }) => JSON.parse(event) as ResponseEvent);
  }

  /** Says that this instance is at work on them. Resolves with those that are to go on: another instance may have ended one. */
  async touch(ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (ids.length === 0) return new Set();
    const rows = await this.#db.updateTable('responses').set({ seen_at: this.now() }).where('id', 'in', ids).where('status', 'in', running).returning('id').execute();
    return new Set(rows.map(({ id }) => id));
  }

  /** Those under way that nobody has been at for a while: their instance is gone. */
  async orphans(silentMs: number): Promise<ResponseBody[]> {
    const rows = await this.#db
      .selectFrom('responses')
      .select('body')
      .where('status', 'in', running)
      .where('seen_at', '<', this.now() - silentMs)
      .limit(BATCH)
      .execute();
    return rows.map(({ body }) => JSON.parse(body) as ResponseBody);
  }

  /** Deletes what is older. Resolves with how many. */
  async removeOlder(ageMs: number): Promise<number> {
    let removed = 0;
    for (;;) {
      const old = this.#db
        .selectFrom('responses')
        .select('id')
        .where('created_at', '<', this.now() - ageMs)
        .limit(BATCH);
      const { numDeletedRows } = await this.#db.deleteFrom('responses').where('id', 'in', old).executeTakeFirst();
      removed += Number(numDeletedRows);
      if (numDeletedRows < BATCH) return removed;
    }
  }

  /** Deletes what an owner has over `max`, the oldest first. */
  async trim(owner: string, max: number): Promise<void> {
    const surplus = this.#db.selectFrom('responses').select('id').where('owner', '=', owner).orderBy('created_at', 'desc').limit(BATCH).offset(max);
    await this.#db.deleteFrom('responses').where('id', 'in', surplus).execute();
  }

  get #db(): Kysely<Database> {
    return this.storage.db;
  }
}
