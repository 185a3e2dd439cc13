import { type Kysely, type Selectable, type SelectQueryBuilder } from 'kysely';
import { type Batch, type BatchEndpoint, type BatchProblem, type BatchStatus, endings, type Ending, isBatchId, unfinished } from './batch.js';
import { type BatchesTable, type Database } from '../../storage/database.js';
import { deleteInBatches } from '../../storage/delete-in-batches.js';
import { ownersOver } from '../../storage/owners-over.js';
import { type Storage } from '../../storage/storage.js';

/** What is told of a batch when it is made. */
export type NewBatch = Pick<Batch, 'id' | 'owner' | 'endpoint' | 'inputFileId' | 'outputTtlS' | 'metadata' | 'createdAt' | 'expiresAt'>;

export interface BatchesPage {
  readonly limit: number;
  /** The id of the batch behind which it begins. */
  readonly after: string | undefined;
}

/** Batches in the database. Those of another owner are as good as none. A batch that is over does not change any more. */
export class BatchStore {
  constructor(
    private readonly storage: Storage,
    private readonly now: () => number,
  ) {}

  /** @param db the transaction that it is to be a part of */
  async insert({ id, owner, endpoint, inputFileId, outputTtlS, metadata, createdAt, expiresAt }: NewBatch, db: Kysely<Database>): Promise<void> {
    await db
      .insertInto('batches')
      .values({
        ...{ id, owner, endpoint, input_file_id: inputFileId, output_ttl_s: outputTtlS, status: 'validating', created_at: createdAt, expires_at: expiresAt },
        metadata: metadata && JSON.stringify(metadata),
      })
      .execute();
  }

  /** @param owner left out: whoever has it */
  async find(id: string, owner?: string): Promise<Batch | undefined> {
    if (!isBatchId(id)) return undefined;
    let query = this.#db.selectFrom('batches').where('id', '=', id);
    if (owner !== undefined) query = query.where('owner', '=', owner);
    const row = await query.selectAll().executeTakeFirst();
    return row && decode(row);
  }

  /** The newest first. Undefined: there is no batch to begin behind. One more than asked for where there are more. */
  async list(owner: string, { limit, after }: BatchesPage): Promise<Batch[] | undefined> {
    let query = this.#db.selectFrom('batches').where('owner', '=', owner);
    if (after !== undefined) {
      const last = await this.find(after, owner);
      if (!last) return undefined;
      query = query.where((eb) => eb(eb.refTuple('created_at', 'id'), '<', eb.tuple(last.createdAt, last.id)));
    }
    const rows = await query
      .selectAll()
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute();
    return rows.map(decode);
  }

  async countUnfinished(owner: string): Promise<number> {
    const row = await this.#unfinished()
      .where('owner', '=', owner)
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirst();
    return row?.count ?? 0;
  }

  /** Those that are not over, the oldest first. */
  async idsOfUnfinished(limit: number): Promise<string[]> {
    const rows = await this.#unfinished().select('id').orderBy('created_at').limit(limit).execute();
    return rows.map(({ id }) => id);
  }

  /** Until when a file is needed as the input of a batch; 0: it is not. */
  async inputNeededUntil(fileId: string): Promise<number> {
    const row = await this.#unfinished()
      .where('input_file_id', '=', fileId)
      .select(({ fn }) => fn.max('expires_at').as('until'))
      .executeTakeFirst();
    return row?.until ?? 0;
  }

  /** Brings a batch from one of some states into another. False: it is in none of them. */
  async move(id: string, from: readonly BatchStatus[], to: Exclude<BatchStatus, 'validating'>, fields: { readonly total?: number } = {}): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable('batches')
      .set({ ...fields, status: to, [`${to}_at`]: this.now() })
      .where('id', '=', id)
      .where('status', 'in', from)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** Its requests are begun to be run. Resolves with how often that was so since the last result. */
  async begin(id: string): Promise<number> {
    const row = await this.#db
      .updateTable('batches')
      .set((eb) => ({ runs: eb('runs', '+', 1) }))
      .where('id', '=', id)
      .returning('runs')
      .executeTakeFirst();
    return row?.runs ?? 1;
  }

  /** They were left to another instance, as they are to be at a shutdown: that is no failure. */
  async giveBack(id: string): Promise<void> {
    await this.#db.updateTable('batches').set({ runs: 0 }).where('id', '=', id).execute();
  }

  /** It is over. False: it was already. @param db the transaction that it is a part of */
  async end(id: string, status: Ending, { errors, outputFileId, errorFileId }: Pick<Batch, 'errors' | 'outputFileId' | 'errorFileId'>, db: Kysely<Database>): Promise<boolean> {
    const { numUpdatedRows } = await db
      .updateTable('batches')
      .set({ output_file_id: outputFileId, error_file_id: errorFileId, status, [`${status}_at`]: this.now(), bytes: 0, errors: errors && JSON.stringify(errors) })
      .where('id', '=', id)
      .where('status', 'in', unfinished)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** Deletes the batches that are older, and are over. */
  async removeOlder(ageMs: number): Promise<void> {
    await deleteInBatches((limit) => {
      const old = this.#db
        .selectFrom('batches')
        .select('id')
        .where('created_at', '<', this.now() - ageMs)
        .where('status', 'in', endings)
        .limit(limit);
      return this.#db.deleteFrom('batches').where('id', 'in', old);
    });
  }

  /** Deletes the batches that owners have over `max`, the oldest first. */
  async trim(max: number): Promise<void> {
    for (const owner of await ownersOver(this.storage, 'batches', max)) {
      await deleteInBatches((limit) => {
        const surplus = this.#db.selectFrom('batches').select('id').where('owner', '=', owner).where('status', 'in', endings);
        return this.#db.deleteFrom('batches').where('id', 'in', surplus.orderBy('created_at', 'desc').limit(limit).offset(max));
      });
    }
  }

  #unfinished(): SelectQueryBuilder<Database, 'batches', object> {
    return this.#db.selectFrom('batches').where('status', 'in', unfinished);
  }

  get #db(): Kysely<Database> {
    return this.storage.db;
  }
}

function decode(row: Selectable<BatchesTable>): Batch {
  return {
    id: row.id,
    owner: row.owner,
    endpoint: row.endpoint as BatchEndpoint,
    inputFileId: row.input_file_id,
    outputFileId: row.output_file_id,
    errorFileId: row.error_file_id,
    outputTtlS: row.output_ttl_s,
    metadata: row.metadata === null ? null : (JSON.parse(row.metadata) as Record<string, string>),
    status: row.status as BatchStatus,
    errors: row.errors === null ? null : (JSON.parse(row.errors) as BatchProblem[]),
    counts: { total: row.total, completed: row.completed, failed: row.failed },
    bytes: row.bytes,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    since: {
      in_progress: row.in_progress_at,
      finalizing: row.finalizing_at,
      completed: row.completed_at,
      failed: row.failed_at,
      expired: row.expired_at,
      cancelling: row.cancelling_at,
      cancelled: row.cancelled_at,
    },
  };
}
