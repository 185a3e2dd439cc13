import { type Transaction } from 'kysely';
import { decodeKey, encodeTerms, type IssuedKey, type KeyTerms } from './issued-key.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type Database } from '../storage/database.js';
import { type Storage } from '../storage/storage.js';

const COUNTER = 'keys';
/** Revoked ones that a listing shows, the newest. */
const REVOKED_LISTED = 1000;

/** A living key, and the HMAC of its value. */
interface StoredKey {
  readonly key: IssuedKey;
  readonly digest: Buffer;
}

/** The issued keys in the database. Every change counts the revision up in the same transaction. */
export class KeyStore {
  constructor(private readonly storage: Storage) {}

  /** How often a client or key came, changed or went; 0: there never was any. */
  async revision(): Promise<number> {
    const row = await this.storage.db.selectFrom('counters').select('value').where('name', '=', COUNTER).executeTakeFirst();
    return row?.value ?? 0;
  }

  /** Notes that there are clients: from now on there is no open mode. */
  async countUp(): Promise<void> {
    await this.storage.db.transaction().execute(countUp);
  }

  async living(): Promise<StoredKey[]> {
    const rows = await this.storage.db.selectFrom('api_keys').selectAll().where('revoked_at', 'is', null).orderBy('created_at').orderBy('id').execute();
    return rows.map((row) => ({ key: decodeKey(row), digest: Buffer.from(row.digest, 'hex') }));
  }

  /** The newest first. @throws GatewayError where the database is away */
  async revoked(): Promise<IssuedKey[]> {
    try {
      const { db } = this.storage;
      const query = db.selectFrom('api_keys').selectAll().where('revoked_at', 'is not', null).orderBy('revoked_at', 'desc').orderBy('id').limit(REVOKED_LISTED);
      return (await query.execute()).map(decodeKey);
    } catch (error) {
      throw unavailable(error, 'Revoked keys cannot be listed.');
    }
  }

  /** @throws NameTakenError; GatewayError where the database is away, as all that change keys */
  async insert(id: string, terms: KeyTerms, key: string, digest: Buffer, now: number): Promise<void> {
    await this.#change(terms.name, async (transaction) => {
      await transaction
        .insertInto('api_keys')
        .values({ id, ...encodeTerms(terms), ...valueOf(key, digest), created_at: now, revoked_at: null })
        .execute();
      return true;
    });
  }

  /** False: there is no such living key. @throws NameTakenError */
  update(id: string, terms: KeyTerms, value?: { readonly key: string; readonly digest: Buffer }): Promise<boolean> {
    return this.#change(terms.name, async (transaction) => {
      const { numUpdatedRows } = await transaction
        .updateTable('api_keys')
        .set({ ...encodeTerms(terms), ...(value ? valueOf(value.key, value.digest) : {}) })
        .where('id', '=', id)
        .where('revoked_at', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    });
  }

  /** False: there is no such living key. */
  revoke(id: string, now: number): Promise<boolean> {
    return this.#change('', async (transaction) => {
      const { numUpdatedRows } = await transaction.updateTable('api_keys').set({ revoked_at: now }).where('id', '=', id).where('revoked_at', 'is', null).executeTakeFirst();
      return numUpdatedRows > 0n;
    });
  }

  async #change(name: string, work: (transaction: Transaction<Database>) => Promise<boolean>): Promise<boolean> {
    try {
      return await this.storage.db.transaction().execute(async (transaction) => {
        const changed = await work(transaction);
        if (changed) await countUp(transaction);
        return changed;
      });
    } catch (error) {
      throw isTaken(error) ? new NameTakenError(name) : unavailable(error);
    }
  }
}

/** Another living key has the name. */
export class NameTakenError extends Error {
  override readonly name = 'NameTakenError';

  constructor(taken: string) {
    super(`There is a key of the name "${taken}" already.`);
  }
}

async function countUp(transaction: Transaction<Database>): Promise<void> {
  await transaction
    .insertInto('counters')
    .values({ name: COUNTER, value: 1 })
    .onConflict((conflict) => conflict.column('name').doUpdateSet((builder) => ({ value: builder('counters.value', '+', 1) })))
    .execute();
}

function valueOf(key: string, digest: Buffer): { readonly digest: string; readonly last4: string } {
  return { digest: digest.toString('hex'), last4: key.slice(-4) };
}

/** PostgreSQL's `unique_violation`, SQLite's `SQLITE_CONSTRAINT_UNIQUE`. */
function isTaken(error: unknown): boolean {
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  return code === '23505' || errcode === 2067;
}

function unavailable(cause: unknown, what = 'Keys cannot be changed; those that are known stay in force.'): GatewayError {
  return new GatewayError('provider_unavailable', `The database of keys does not answer. ${what}`, { cause, retryAfter: 5 });
}
