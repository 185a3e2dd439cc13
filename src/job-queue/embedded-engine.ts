import { type ExpressionBuilder, type ExpressionWrapper, type Kysely, type SqlBool } from 'kysely';
import { randomUUID } from 'node:crypto';
import { type Claim, type QueueEngine, type QueueEntry } from './queue-engine.js';
import { instanceName, isGone } from '../process-pool/instance-name.js';
import { type Database } from '../storage/database.js';
import { type Storage } from '../storage/storage.js';

/** So long a claim holds without being renewed. Milliseconds. */
const LEASE_MS = 15_000;

/** Queues in a table of the embedded database. What a gateway had claimed that is known to be gone can be claimed at once. */
export class EmbeddedEngine implements QueueEngine {
  readonly pollMs = 1000;
  readonly renewMs = LEASE_MS / 5;
  readonly #instance = instanceName();
  #lastAdded = 0;

  constructor(
    private readonly storage: Storage,
    private readonly now: () => number = Date.now,
  ) {}

  async add(queue: string, { id, priority = 0, delayMs = 0 }: QueueEntry, db: Kysely<Database>): Promise<void> {
    const now = this.now();
    // Of two that come within a millisecond, the first stays the first.
    this.#lastAdded = Math.max(now * 1000, this.#lastAdded + 1);
    await db
      .insertInto('job_queue')
      .values({ queue, id, priority, due_at: now + delayMs, added_at: this.#lastAdded })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async claim(queue: string, limit: number): Promise<Claim[]> {
    const now = this.now();
    const gone = await this.#goneFrom(queue, now);
    // Most often there is nothing: that is not worth a write.
    const due = this.storage.db.selectFrom('job_queue').select('id').where('queue', '=', queue).where('due_at', '<=', now);
    const free = due.where((where) => isFree(where, now, gone));
    if (!(await free.limit(1).executeTakeFirst())) return [];
    const token = randomUUID();
    const rows = await this.storage.db
      .updateTable('job_queue')
      .set({ claim: token, instance: this.#instance, lease_until: now + LEASE_MS })
      .where('queue', '=', queue)
      .where('id', 'in', free.orderBy('priority', 'desc').orderBy('added_at').limit(limit))
      .returning(['id', 'priority', 'added_at'])
      .execute();
    return rows.sort((a, b) => b.priority - a.priority || a.added_at - b.added_at).map(({ id, priority }) => ({ id, priority, token }));
  }

  async renew(queue: string, claims: readonly Claim[]): Promise<ReadonlySet<string>> {
    const held = new Set<string>();
    const now = this.now();
    for (const { id, token } of claims) {
      const { numUpdatedRows } = await this.storage.db
        .updateTable('job_queue')
        .set({ lease_until: now + LEASE_MS })
        .where('queue', '=', queue)
        .where('id', '=', id)
        .where('claim', '=', String(token))
        .executeTakeFirst();
      if (numUpdatedRows > 0n) held.add(id);
    }
    return held;
  }

  async complete(queue: string, { id, token }: Claim): Promise<void> {
    await this.storage.db.deleteFrom('job_queue').where('queue', '=', queue).where('id', '=', id).where('claim', '=', String(token)).execute();
  }

  async release(queue: string, { id, token }: Claim, delayMs: number): Promise<void> {
    await this.storage.db
      .updateTable('job_queue')
      .set({ claim: null, instance: null, lease_until: null, due_at: this.now() + delayMs })
      .where('queue', '=', queue)
      .where('id', '=', id)
      .where('claim', '=', String(token))
      .execute();
  }

  async cancel(queue: string, id: string, db: Kysely<Database>): Promise<void> {
    await db.deleteFrom('job_queue').where('queue', '=', queue).where('id', '=', id).execute();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** The instances that hold claims and will never renew them. */
  async #goneFrom(queue: string, now: number): Promise<string[]> {
    const holders = await this.storage.db.selectFrom('job_queue').select('instance').distinct().where('queue', '=', queue).where('lease_until', '>=', now).execute();
    return holders.flatMap(({ instance }) => (instance !== null && instance !== this.#instance && isGone(instance) ? [instance] : []));
  }
}

/** Nobody works on it. */
function isFree(eb: ExpressionBuilder<Database, 'job_queue'>, now: number, gone: readonly string[]): ExpressionWrapper<Database, 'job_queue', SqlBool> {
  return eb.or([eb('claim', 'is', null), eb('lease_until', '<', now), ...(gone.length > 0 ? [eb('instance', 'in', gone)] : [])]);
}
