import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import { type StoredResponse } from './stored-response.js';
import { type StoredTexts, storedTexts, type Told } from './stored-texts.js';
import { type Conversation } from '../kernel/message.js';
import { type Database } from '../storage/database.js';
import { BATCH, deleteInBatches } from '../storage/delete-in-batches.js';
import { ownersOver } from '../storage/owners-over.js';
import { type Storage } from '../storage/storage.js';
import { type ResponseObject, type ResponseStatus } from '../wire/openai-responses/response-body.js';
import { type ResponseEvent } from '../wire/openai-responses/response-writer.js';

/** How many events one query gives. */
const PAGE = 500;
/** How many events one statement of a clean-up deletes. */
const BATCH_OF_EVENTS = 5000;

const running: readonly ResponseStatus[] = ['queued', 'in_progress'];

/** An event as it is kept. */
export interface WrittenEvent {
  readonly sequence: number;
  readonly type: string;
  readonly json: string;
}

/** What there is to tell of an answer. */
export interface News {
  readonly status: ResponseStatus;
  /** The next events, in order; a page of them. */
  readonly events: readonly WrittenEvent[];
}

/** One that nobody may be at any more. */
export interface Unfinished {
  readonly id: string;
  readonly instance: string;
  /** When its instance last said that it is at it. */
  readonly seenAt: number;
}

/** How one ends that was left behind. */
export interface Ending {
  readonly texts: Pick<StoredTexts, 'status' | 'body'>;
  /** Undefined: it was told already. */
  readonly event: WrittenEvent | undefined;
}

/** The answers in the database. Those of another owner are as good as none. */
export class ResponseStore {
  constructor(
    private readonly storage: Storage,
    private readonly instance: string,
    private readonly now: () => number,
  ) {}

  /** Resolves with how long it is. @throws GatewayError `context_length_exceeded` where it is too long to be kept */
  async insert(owner: string, response: StoredResponse): Promise<number> {
    const { id } = response.body;
    const now = this.now();
    const texts = storedTexts(response);
    await this.#db
      .insertInto('responses')
      .values({ id, owner, ...texts, instance: this.instance, created_at: now, seen_at: now })
      .execute();
    return texts.body.length + texts.input.length + texts.messages.length;
  }

  async body(id: string, owner: string): Promise<ResponseObject | undefined> {
    const row = await this.#one(id, owner)?.select('body').executeTakeFirst();
    return row && (JSON.parse(row.body) as ResponseObject);
  }

  async input(id: string, owner: string): Promise<readonly unknown[] | undefined> {
    const row = await this.#one(id, owner)?.select('input').executeTakeFirst();
    return row && (JSON.parse(row.input) as unknown[]);
  }

  async conversation(id: string, owner: string): Promise<{ readonly status: ResponseStatus; readonly conversation: Conversation } | undefined> {
    const row = await this.#one(id, owner)?.select(['status', 'messages']).executeTakeFirst();
    return row && { status: row.status as ResponseStatus, conversation: JSON.parse(row.messages) as Conversation };
  }

  async exists(id: string, owner: string): Promise<boolean> {
    return (await this.#one(id, owner)?.select('id').executeTakeFirst()) !== undefined;
  }

  /** What was put out, by the answer's id. */
  async outputs(ids: readonly string[], owner: string): Promise<ReadonlyMap<string, readonly unknown[]>> {
    const rows = await this.#db.selectFrom('responses').select(['id', 'body']).where('id', 'in', ids).where('owner', '=', owner).execute();
    return new Map(rows.map(({ id, body }) => [id, (JSON.parse(body) as ResponseObject).output]));
  }

  /** The events after a sequence number, and the state that comes after them. */
  async news(id: string, owner: string, after: number): Promise<News | undefined> {
    const rows = await this.#one(id, owner)
      ?.leftJoin('response_events', (join) => join.onRef('response_id', '=', 'id').on('sequence', '>', after))
      .select(['status', 'sequence', 'event'])
      .orderBy('sequence')
      .limit(PAGE)
      .execute();
    const [first] = rows ?? [];
    if (!rows || !first) return undefined;
    return { status: first.status as ResponseStatus, events: rows.flatMap(({ sequence, event }) => (sequence === null || event === null ? [] : [written(sequence, event)])) };
  }

  /** False: it is over already, or gone. */
  async update(id: string, texts: Partial<StoredTexts & Told>): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable('responses')
      .set({ ...texts, seen_at: this.now() })
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

  /** Those that are there already stay as they are, so that a write can be tried again. Nothing where the answer is gone. */
  async append(id: string, events: readonly WrittenEvent[]): Promise<void> {
    try {
      await append(this.#db, id, events);
    } catch (error) {
      if (await this.#db.selectFrom('responses').select('id').where('id', '=', id).executeTakeFirst()) throw error;
    }
  }

  /** Says that this instance is at work on them. Resolves with those that are to go on: another instance may have ended one. */
  async touch(ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (ids.length === 0) return new Set();
    const rows = await this.#db.updateTable('responses').set({ seen_at: this.now() }).where('id', 'in', ids).where('status', 'in', running).returning('id').execute();
    return new Set(rows.map(({ id }) => id));
  }

  /** Those under way, the ones first that nobody has been at for the longest. */
  async unfinished(): Promise<Unfinished[]> {
    const rows = await this.#db.selectFrom('responses').select(['id', 'instance', 'seen_at']).where('status', 'in', running).orderBy('seen_at').limit(BATCH).execute();
    return rows.map(({ id, instance, seen_at }) => ({ id, instance, seenAt: seen_at }));
  }

  /**
   * Ends one that was left behind, unless somebody was at it since, or comes first.
   *
   * @param endingOf given the answer as it was left, and the last event that was told of it
   */
  async endLeft({ id, seenAt }: Unfinished, endingOf: (body: ResponseObject, last: ResponseEvent | undefined) => Ending): Promise<void> {
    await this.#db.transaction().execute(async (db) => {
      // Whoever else would end it waits here, and finds it ended.
      const left = await db
        .updateTable('responses')
        .set({ seen_at: this.now() })
        .where('id', '=', id)
        .where('status', 'in', running)
        .where('seen_at', '=', seenAt)
        .returning('body')
        .executeTakeFirst();
      if (!left) return;
      const last = await db.selectFrom('response_events').select('event').where('response_id', '=', id).orderBy('sequence', 'desc').limit(1).executeTakeFirst();
      const { texts, event } = endingOf(JSON.parse(left.body) as ResponseObject, last && (JSON.parse(last.event) as ResponseEvent));
      if (event) await append(db, id, [event]);
      const told = db
        .selectFrom('response_events')
        .select(sql<number>`coalesce(sum(octet_length(event)), 0)`.as('told'))
        .where('response_id', '=', id);
      await db
        .updateTable('responses')
        .set({ ...texts, told })
        .where('id', '=', id)
        .execute();
    });
  }

  /** Deletes what is older. */
  async removeOlder(ageMs: number): Promise<void> {
    const before = this.now() - ageMs;
    await this.#removeWhile((limit) => this.#db.selectFrom('responses').select('id').where('created_at', '<', before).limit(limit));
  }

  /** Deletes what owners have over `max`, the oldest first. */
  async trim(max: number): Promise<void> {
    for (const owner of await ownersOver(this.storage, 'responses', max)) {
      await this.#removeWhile((limit) => this.#db.selectFrom('responses').select('id').where('owner', '=', owner).orderBy('created_at', 'desc').limit(limit).offset(max));
    }
  }

  /** Deletes answers, whoever has them. */
  async removeAll(ids: readonly string[]): Promise<void> {
    for (let from = 0; from < ids.length; from += BATCH) await this.#removeBatch(ids.slice(from, from + BATCH));
  }

  /** @param next the ids of up to `limit` of them */
  async #removeWhile(next: (limit: number) => SelectQueryBuilder<Database, 'responses', { id: string }>): Promise<void> {
    for (;;) {
      const ids = (await next(BATCH).execute()).map(({ id }) => id);
      if (ids.length === 0) return;
      await this.#removeBatch(ids);
    }
  }

  /** What was told of an answer goes first: there may be very much of it. */
  async #removeBatch(ids: readonly string[]): Promise<void> {
    await deleteInBatches((limit) => {
      const told = this.#db.selectFrom('response_events').select(['response_id', 'sequence']).where('response_id', 'in', ids).limit(limit);
      return this.#db.deleteFrom('response_events').where((eb) => eb(eb.refTuple('response_id', 'sequence'), 'in', told.$asTuple('response_id', 'sequence')));
    }, BATCH_OF_EVENTS);
    await deleteInBatches(() => this.#db.deleteFrom('responses').where('id', 'in', ids));
  }

  /** Undefined: no answer has such an id, and a database may choke on it. */
  #one(id: string, owner: string): SelectQueryBuilder<Database, 'responses', object> | undefined {
    return /^\w{1,100}$/.test(id) ? this.#db.selectFrom('responses').where('id', '=', id).where('owner', '=', owner) : undefined;
  }

  get #db(): Kysely<Database> {
    return this.storage.db;
  }
}

async function append(db: Kysely<Database>, id: string, events: readonly WrittenEvent[]): Promise<void> {
  for (let from = 0; from < events.length; from += PAGE) {
    const rows = events.slice(from, from + PAGE).map(({ sequence, json }) => ({ response_id: id, sequence, event: json }));
    await db
      .insertInto('response_events')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/** An event as it was stored. Its type stands first in it, as a rule. */
function written(sequence: number, json: string): WrittenEvent {
  return { sequence, type: /^\{"type":"([\w.]+)"/.exec(json)?.[1] ?? (JSON.parse(json) as ResponseEvent).type, json };
}
