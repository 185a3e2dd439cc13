import { type Kysely } from 'kysely';
import { setImmediate as others } from 'node:timers/promises';
import { type AnswerStore, hasRoom, sizeOfEntry } from './answer-store.js';
import { type Log } from '../observability/log.js';
import { inTime } from '../redis/in-time.js';
import { type Database } from '../storage/database.js';
import { DatabaseAwayError } from '../storage/database-away.js';
import { BATCH, deleteInBatches } from '../storage/delete-in-batches.js';
import { type Storage } from '../storage/storage.js';

/** Nobody waits for the database for longer, as nobody does for Redis. Milliseconds. */
const READ_MS = 250;
/** Nobody waits for what is written. Milliseconds. */
const WRITE_MS = 5000;
/** So long it is left alone when it failed or was too slow. Milliseconds. */
const PAUSE_MS = 1000;
/** Entries that wait to be written; over it they are not kept. */
const MAX_QUEUED = 100;
/** What is left when there was no room: not every entry has to make some. */
const FILLED = 7 / 8;

/** Answers in the gateway's database, which outlive it: the oldest ones go. While it is away there are none. */
export class DatabaseStore implements AnswerStore {
  /** What the entries take, by this instance's reckoning; undefined: nobody has looked yet. Bytes. */
  #total: number | undefined;
  /** The entry that is written last, of those that are under way: one at a time makes room. */
  #last: Promise<unknown> = Promise.resolve();
  #queued = 0;
  #retryAt = 0;
  #away = false;

  constructor(
    private readonly storage: Storage,
    private readonly maxBytes: number,
    private readonly log: Log,
    private readonly now: () => number = Date.now,
  ) {}

  async get(key: string): Promise<string | undefined> {
    return this.#quietly(READ_MS, async () => {
      const row = await this.#db.selectFrom('cached_answers').select('answer').where('key', '=', key).where('expires_at', '>', this.now()).executeTakeFirst();
      return row?.answer;
    });
  }

  async set(key: string, text: string, ttlMs: number): Promise<boolean> {
    const bytes = sizeOfEntry(text);
    if (!hasRoom(bytes, this.maxBytes) || this.#queued >= MAX_QUEUED) return false;
    this.#queued += 1;
    const written = this.#last.then(() => this.#quietly(WRITE_MS, () => this.#write(key, text, bytes, ttlMs)));
    this.#last = written;
    const done = await written;
    this.#queued -= 1;
    return done === true;
  }

  async delete(key: string): Promise<boolean> {
    const { numDeletedRows = 0n } = (await this.#quietly(WRITE_MS, () => this.#db.deleteFrom('cached_answers').where('key', '=', key).executeTakeFirst())) ?? {};
    return numDeletedRows > 0n;
  }

  async clear(): Promise<void> {
    await this.#quietly(WRITE_MS, () => this.#db.deleteFrom('cached_answers').execute());
  }

  /** What other instances wrote is counted too from then on. */
  async cleanUp(): Promise<void> {
    await this.#watched(async () => {
      await deleteInBatches((limit) => {
        const old = this.#db.selectFrom('cached_answers').select('key').where('expires_at', '<=', this.now()).limit(limit);
        return this.#db.deleteFrom('cached_answers').where('key', 'in', old);
      });
      this.#total = await this.#count();
      if (this.#total > this.maxBytes) await this.#dropOldest();
    });
  }

  async #write(key: string, text: string, bytes: number, ttlMs: number): Promise<true> {
    await this.#makeRoom(bytes);
    const now = this.now();
    const row = { answer: text, bytes, created_at: now, expires_at: now + ttlMs };
    await this.#db
      .insertInto('cached_answers')
      .values({ key, ...row })
      .onConflict((conflict) => conflict.column('key').doUpdateSet(row))
      .execute();
    return true;
  }

  async #makeRoom(bytes: number): Promise<void> {
    this.#total ??= await this.#count();
    this.#total += bytes;
    if (this.#total <= this.maxBytes) return;
    // An entry that took the place of another one was counted beside it.
    this.#total = (await this.#count()) + bytes;
    if (this.#total > this.maxBytes) await this.#dropOldest();
  }

  async #count(): Promise<number> {
    const { total } = await this.#db
      .selectFrom('cached_answers')
      .select(({ fn }) => fn.sum<number | string | null>('bytes').as('total'))
      .executeTakeFirstOrThrow();
    return Number(total ?? 0);
  }

  async #dropOldest(): Promise<void> {
    const aim = this.maxBytes * FILLED;
    while (this.#total !== undefined && this.#total > aim) {
      const oldest = await this.#db.selectFrom('cached_answers').select(['key', 'bytes']).orderBy('created_at').orderBy('bytes').limit(BATCH).execute();
      let left = this.#total;
      const chosen = oldest.filter(({ bytes }) => left > aim && ((left -= bytes), true));
      if (chosen.length === 0) return;
      await this.#db
        .deleteFrom('cached_answers')
        .where(
          'key',
          'in',
          chosen.map(({ key }) => key),
        )
        .execute();
      this.#total = left;
      // SQLite answers at once: no request would come between.
      await others();
    }
  }

  /** Undefined: the database is away, or was a moment ago. */
  async #quietly<T>(ms: number, work: () => Promise<T>): Promise<T | undefined> {
    if (performance.now() < this.#retryAt) return undefined;
    return this.#watched(() => inTime(ms, work()));
  }

  async #watched<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await work();
      this.#away = false;
      return result;
    } catch (error) {
      this.#retryAt = performance.now() + PAUSE_MS;
      // The database tells of its own going and coming.
      if (!this.#away && !(error instanceof DatabaseAwayError)) this.log.warn({ err: error }, 'the response cache cannot use the database: nothing is kept until it can');
      this.#away = true;
      return undefined;
    }
  }

  get #db(): Kysely<Database> {
    return this.storage.db;
  }
}
