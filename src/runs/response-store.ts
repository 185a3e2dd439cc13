import { type Kysely } from 'kysely';
import { type Conversation, type ResponseBody, type ResponseEvent, type ResponseStatus, type StoredResponse } from './stored-response.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type Database } from '../storage/database.js';
import { BATCH, deleteInBatches } from '../storage/delete-in-batches.js';
import { type Storage } from '../storage/storage.js';

const BATCH_OF_SURPLUS = 10_000;
/** How many events one query gives. */
const PAGE = 500;
/** Characters of what is kept of one answer. */
const MAX_STORED = 16 * 1024 ** 2;

const running: readonly ResponseStatus[] = ['queued', 'in_progress'];

/** An event as it is kept. */
export interface WrittenEvent {
  readonly sequence: number;
  readonly json: string;
}

/** One that nobody may be at any more. */
export interface Unfinished {
  readonly body: ResponseBody;
  readonly instance: string;
  /** When its instance last said that it is at it. */
  readonly seenAt: number;
}

/** The answers in the database. */
export class ResponseStore {
  constructor(
    private readonly storage: Storage,
    private readonly instance: string,
    private readonly now: () => number,
  ) {}

  /** @throws GatewayError `context_length_exceeded` where it is too long to be kept */
  async insert(owner: string, { body: { id, status, ...rest }, input, conversation }: StoredResponse): Promise<void> {
    const now = this.now();
    const texts = { body: JSON.stringify({ id, status, ...rest }), input: JSON.stringify(input), messages: JSON.stringify(conversation) };
    if (texts.body.length + texts.input.length + texts.messages.length > MAX_STORED) {
      throw new GatewayError('context_length_exceeded', 'The conversation has grown too long to be stored: send "store": false.', { param: 'store' });
    }
    await this.#db
      .insertInto('responses')
      .values({ id, owner, status, ...texts, instance: this.instance, created_at: now, seen_at: now })
      .execute();
  }

  async find(id: string, owner: string): Promise<StoredResponse | undefined> {
    const row = await this.#db.selectFrom('responses').select(['body', 'input', 'messages']).where('id', '=', id).where('owner', '=', owner).executeTakeFirst();
    return row && { body: JSON.parse(row.body) as ResponseBody, input: JSON.parse(row.input) as unknown[], conversation: JSON.parse(row.messages) as Conversation };
  }

  /** Its state alone; undefined for one that is unknown or another owner's. */
  async statusOf(id: string, owner: string): Promise<ResponseStatus | undefined> {
    const row = await this.#db.selectFrom('responses').select('status').where('id', '=', id).where('owner', '=', owner).executeTakeFirst();
    return row && (row.status as ResponseStatus);
  }

  /** False: it is over already, or gone. */
  async update(id: string, body: ResponseBody, conversation: Conversation): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable('responses')
      .set({ status: body.status, body: JSON.stringify(body), messages: JSON.stringify(conversation), seen_at: this.now() })
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

  async append(id: string, events: readonly WrittenEvent[]): Promise<void> {
    for (let from = 0; from < events.length; from += PAGE) {
      const rows = events.slice(from, from + PAGE).map(({ sequence, json }) => ({ response_id: id, sequence, event: json }));
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

  /** The last event's number; -1 where there is none. */
  async lastOf(id: string): Promise<number> {
    const row = await this.#db.selectFrom('response_events').select('sequence').where('response_id', '=', id).orderBy('sequence', 'desc').limit(1).executeTakeFirst();
    return row?.sequence ?? -1;
  }

  /** Those under way, the ones first that nobody has been at for the longest. */
  async unfinished(): Promise<Unfinished[]> {
    const rows = await this.#db.selectFrom('responses').select(['body', 'instance', 'seen_at']).where('status', 'in', running).orderBy('seen_at').limit(BATCH).execute();
    return rows.map(({ body, instance, seen_at }) => ({ body: JSON.parse(body) as ResponseBody, instance, seenAt: seen_at }));
  }

  /** Deletes what is older. Resolves with how many. */
  removeOlder(ageMs: number): Promise<number> {
    return deleteInBatches((limit) => {
      const old = this.#db
        .selectFrom('responses')
        .select('id')
        .where('created_at', '<', this.now() - ageMs)
        .limit(limit);
      return this.#db.deleteFrom('responses').where('id', 'in', old);
    });
  }

  /** Deletes what owners have over `max`, the oldest first; not all at once. */
  async trim(max: number): Promise<void> {
    const owners = await this.#db
      .selectFrom('responses')
      .select('owner')
      .groupBy('owner')
      .having(({ fn }) => fn.countAll<number>(), '>', max)
      .execute();
    for (const { owner } of owners) {
      const surplus = this.#db.selectFrom('responses').select('id').where('owner', '=', owner).orderBy('created_at', 'desc').limit(BATCH_OF_SURPLUS).offset(max);
      await this.#db.deleteFrom('responses').where('id', 'in', surplus).execute();
    }
  }

  get #db(): Kysely<Database> {
    return this.storage.db;
  }
}
