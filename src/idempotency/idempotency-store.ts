import { type Kysely } from 'kysely';
import { type KeptAnswer, type KeyedRequest } from './kept-answer.js';
import { type Database } from '../storage/database.js';
import { BATCH, deleteInBatches } from '../storage/delete-in-batches.js';
import { ownersOver } from '../storage/owners-over.js';
import { type Storage } from '../storage/storage.js';

/** What is known of a key that somebody has. */
export interface HeldKey {
  readonly fingerprint: string;
  readonly holder: string;
  /** Undefined while it is made. */
  readonly answer: KeptAnswer | undefined;
  readonly createdAt: number;
  readonly seenAt: number;
}

/** The keys in the database. */
export class IdempotencyStore {
  constructor(
    private readonly storage: Storage,
    private readonly now: () => number,
  ) {}

  /** False: somebody has the key. */
  async insert({ owner, key, fingerprint }: KeyedRequest, holder: string): Promise<boolean> {
    const now = this.now();
    const { numInsertedOrUpdatedRows = 0n } = await this.#db
      .insertInto('idempotency_keys')
      .values({ owner, key, fingerprint, holder, created_at: now, seen_at: now })
      .onConflict((conflict) => conflict.columns(['owner', 'key']).doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows > 0n;
  }

  async find({ owner, key }: KeyedRequest): Promise<HeldKey | undefined> {
    const row = await this.#db.selectFrom('idempotency_keys').selectAll().where('owner', '=', owner).where('key', '=', key).executeTakeFirst();
    if (!row) return undefined;
    const { fingerprint, holder, status, headers, body, created_at: createdAt, seen_at: seenAt } = row;
    const answer =
      status === null || headers === null || body === null ? undefined : { status, headers: JSON.parse(headers) as Record<string, string>, body: Buffer.from(body, 'base64') };
    return { fingerprint, holder, answer, createdAt, seenAt };
  }

  /** Gives a key to another run, as long as it is as it was found. False: it is not. */
  async takeOver({ owner, key, fingerprint }: KeyedRequest, found: HeldKey, holder: string): Promise<boolean> {
    const now = this.now();
    const { numUpdatedRows } = await this.#db
      .updateTable('idempotency_keys')
      .set({ fingerprint, holder, status: null, headers: null, body: null, created_at: now, seen_at: now })
      .where('owner', '=', owner)
      .where('key', '=', key)
      .where('holder', '=', found.holder)
      .where('seen_at', '=', found.seenAt)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** Nothing happens where another run has taken the key over. */
  async keep(holder: string, { status, headers, body }: KeptAnswer): Promise<void> {
    await this.#db
      .updateTable('idempotency_keys')
      .set({ status, headers: JSON.stringify(headers), body: body.toString('base64') })
      .where('holder', '=', holder)
      .execute();
  }

  async remove(holder: string): Promise<void> {
    await this.#db.deleteFrom('idempotency_keys').where('holder', '=', holder).execute();
  }

  /** Says that the runs are at work. */
  async touch(holders: readonly string[]): Promise<void> {
    if (holders.length === 0) return;
    await this.#db.updateTable('idempotency_keys').set({ seen_at: this.now() }).where('holder', 'in', holders).execute();
  }

  /** Deletes the answers that are older. */
  async removeOlder(ageMs: number): Promise<void> {
    await deleteInBatches((limit) => {
      const old = this.#db
        .selectFrom('idempotency_keys')
        .select('holder')
        .where('created_at', '<', this.now() - ageMs)
        .limit(limit);
      return this.#db.deleteFrom('idempotency_keys').where('holder', 'in', old);
    });
  }

  /** Deletes the answers that an owner has over `max`, the oldest first. */
  async trim(max: number): Promise<void> {
    for (const owner of await ownersOver(this.storage, 'idempotency_keys', max)) {
      await deleteInBatches((limit) => {
        const kept = this.#db.selectFrom('idempotency_keys').select('holder').where('owner', '=', owner).where('status', 'is not', null);
        return this.#db.deleteFrom('idempotency_keys').where('holder', 'in', kept.orderBy('created_at', 'desc').limit(limit).offset(max));
      });
    }
  }

  /** Deletes answers, by their holders. */
  async removeAll(holders: readonly string[]): Promise<void> {
    for (let from = 0; from < holders.length; from += BATCH) {
      await this.#db
        .deleteFrom('idempotency_keys')
        .where('holder', 'in', holders.slice(from, from + BATCH))
        .execute();
    }
  }

  get #db(): Kysely<Database> {
    return this.storage.db;
  }
}
