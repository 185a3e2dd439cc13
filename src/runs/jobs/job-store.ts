import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import { type DeliveryRow, type DeliveryState, type JobEnd, type JobRow, type JobStatus, unfinished } from './job.js';
import { BATCH, deleteInBatches } from '../../storage/delete-in-batches.js';
import { type Database } from '../../storage/database.js';
import { ownersOver } from '../../storage/owners-over.js';
import { type Storage } from '../../storage/storage.js';

/** Whose jobs: a client's id; undefined for everybody's. */
export type Owner = string | undefined;

/** How much waits to be made, and where a further job of the owner comes in the order. */
export interface JobPlaces {
  readonly own: number;
  readonly ownBytes: number;
  readonly all: number;
  readonly tag: number;
}

export interface JobFilter {
  readonly status?: JobStatus | undefined;
  readonly delivery?: DeliveryState | undefined;
}

export interface JobPage {
  /** The id of the one before the first one. */
  readonly after: string | undefined;
  readonly limit: number;
}

/** A job that is begun. */
export interface BegunJob {
  readonly owner: string;
  /** JSON. */
  readonly request: string;
  /** Which of the tries this is; only it can end the job. */
  readonly tries: number;
  readonly createdAt: number;
}

const columns = ['id', 'owner', 'status', 'error', 'created_at', 'finished_at', 'delivery', 'delivery_tries', 'delivery_at', 'delivery_error'] as const;
export type ListedJob = Omit<JobRow, 'result'> & DeliveryRow & { readonly owner: string };
export type WholeJob = JobRow & DeliveryRow & { readonly owner: string };
type NewJob = Pick<WholeJob, 'id' | 'owner'> & { readonly request: string; readonly callbackUrl: string; readonly tag: number };

/** The jobs in the database. */
export class JobStore {
  constructor(
    private readonly storage: Storage,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Owners take turns, whoever has how many: a job comes behind the owner's last one, and not before the one that is next (start-time fair queueing,
   * https://doi.org/10.1109/90.649569).
   */
  async places(owner: string): Promise<JobPlaces> {
    const waiting = this.#db.selectFrom('jobs').where('status', 'in', unfinished);
    const [own, all] = await Promise.all([
      waiting
        .where('owner', '=', owner)
        .select([sql<number>`count(*)`.as('count'), sql<number>`cast(coalesce(sum(bytes), 0) as bigint)`.as('bytes'), sql<number>`coalesce(max(tag), 0)`.as('tag')])
        .executeTakeFirstOrThrow(),
      waiting.select([sql<number>`count(*)`.as('count'), sql<number>`coalesce(min(case when status = 'queued' then tag end), max(tag), 0)`.as('next')]).executeTakeFirstOrThrow(),
    ]);
    return { own: own.count, ownBytes: own.bytes, all: all.count, tag: Math.max(all.next, own.tag + 1) };
  }

  /** How many wait, and how many run, of all instances. */
  async unfinished(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#db
      .selectFrom('jobs')
      .where('status', 'in', unfinished)
      .select(['status', sql<number>`count(*)`.as('count')])
      .groupBy('status')
      .execute();
    return new Map(rows.map(({ status, count }) => [status, count]));
  }

  async insert({ id, owner, request, callbackUrl, tag }: NewJob, db: Kysely<Database>): Promise<JobRow> {
    const row = { id, status: 'queued', result: null, error: null, created_at: this.now(), finished_at: null };
    await db
      .insertInto('jobs')
      .values({ ...row, owner, request, callback_url: callbackUrl, tag, delivery: null, delivery_at: null, delivery_error: null })
      .execute();
    return row;
  }

  /** Undefined for one that is over or gone. */
  async begin(id: string): Promise<BegunJob | undefined> {
    const row = await this.#db
      .updateTable('jobs')
      .set((eb) => ({ status: 'running', tries: eb('tries', '+', 1) }))
      .where('id', '=', id)
      .where('status', 'in', unfinished)
      .returning(['owner', 'request', 'tries', 'created_at'])
      .executeTakeFirst();
    return row && { owner: row.owner, request: row.request ?? '', tries: row.tries, createdAt: row.created_at };
  }

  /** The try does not count. */
  async giveBack(id: string, { tries }: BegunJob): Promise<void> {
    await this.#db
      .updateTable('jobs')
      .set({ status: 'queued', tries: tries - 1 })
      .where('id', '=', id)
      .where('status', '=', 'running')
      .where('tries', '=', tries)
      .execute();
  }

  /** What was asked is erased, and what came of it is to be told. False: somebody else has ended it. */
  async finish(id: string, tries: number, end: JobEnd, db: Kysely<Database>): Promise<boolean> {
    const now = this.now();
    const said = end.status === 'succeeded' ? { result: JSON.stringify(end.result) } : { error: JSON.stringify(end.error) };
    const { numUpdatedRows } = await db
      .updateTable('jobs')
      .set({ status: end.status, ...said, request: null, finished_at: now, delivery: 'pending', delivery_at: now })
      .where('id', '=', id)
      .where('status', '=', 'running')
      .where('tries', '=', tries)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** False: it is over. */
  async cancel(id: string, owner: Owner, db: Kysely<Database>): Promise<boolean> {
    const { numUpdatedRows } = await db
      .updateTable('jobs')
      .set({ status: 'cancelled', request: null, finished_at: this.now() })
      .where('id', '=', id)
      .where('status', 'in', unfinished)
      .$if(owner !== undefined, (query) => query.where('owner', '=', owner ?? ''))
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** False: there was none, or it is not over. */
  async remove(id: string, owner: Owner, db: Kysely<Database>): Promise<boolean> {
    const { numDeletedRows } = await db
      .deleteFrom('jobs')
      .where('id', '=', id)
      .where('status', 'not in', unfinished)
      .$if(owner !== undefined, (query) => query.where('owner', '=', owner ?? ''))
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }

  find(id: string, owner: Owner): Promise<WholeJob | undefined> {
    return this.#of(owner)
      .select([...columns, 'result'])
      .where('id', '=', id)
      .executeTakeFirst();
  }

  /** The newest first. Undefined where there is none of the id that they come after. */
  async list(owner: Owner, { status, delivery }: JobFilter, { after, limit }: JobPage): Promise<ListedJob[] | undefined> {
    const before = after === undefined ? undefined : await this.#of(owner).select(['created_at', 'id']).where('id', '=', after).executeTakeFirst();
    if (after !== undefined && !before) return undefined;
    let query = this.#of(owner).select(columns);
    if (status !== undefined) query = query.where('status', '=', status);
    if (delivery !== undefined) query = query.where('delivery', '=', delivery);
    if (before) query = query.where((eb) => eb.or([eb('created_at', '<', before.created_at), eb.and([eb('created_at', '=', before.created_at), eb('id', '<', before.id)])]));
    return query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).execute();
  }

  /** Deletes what is older and need not be told any more. */
  async removeOlder(ageMs: number): Promise<void> {
    const before = this.now() - ageMs;
    await deleteInBatches((limit) => this.#db.deleteFrom('jobs').where('id', 'in', this.#settled().where('created_at', '<', before).limit(limit)));
  }

  /** Deletes what owners have over `max`, the oldest first. */
  async trim(max: number): Promise<void> {
    for (const owner of await ownersOver(this.storage, 'jobs', max)) {
      await deleteInBatches((limit) =>
        this.#db.deleteFrom('jobs').where('id', 'in', this.#settled().where('owner', '=', owner).orderBy('created_at', 'desc').limit(limit).offset(max)),
      );
    }
  }

  /** Deletes those of them that are settled, whoever has them. */
  async removeAll(ids: readonly string[]): Promise<void> {
    for (let from = 0; from < ids.length; from += BATCH) {
      const some = ids.slice(from, from + BATCH);
      await this.#db
        .deleteFrom('jobs')
        .where('id', 'in', this.#settled().where('id', 'in', some))
        .execute();
    }
  }

  /** The ids of jobs that are over and told. */
  #settled(): SelectQueryBuilder<Database, 'jobs', { id: string }> {
    return this.#db
      .selectFrom('jobs')
      .select('id')
      .where('status', 'not in', unfinished)
      .where((eb) => eb.or([eb('delivery', 'is', null), eb('delivery', '!=', 'pending')]));
  }

  #of(owner: Owner): SelectQueryBuilder<Database, 'jobs', object> {
    const all = this.#db.selectFrom('jobs');
    return owner === undefined ? all : all.where('owner', '=', owner);
  }

  get #db(): Kysely<Database> {
    return this.storage.db;
  }
}
