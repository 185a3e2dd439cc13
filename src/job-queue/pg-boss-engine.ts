import { type Kysely } from 'kysely';
import { fromKysely, PgBoss } from 'pg-boss';
import { type Claim, type QueueEngine, type QueueEntry } from './queue-engine.js';
import { ConfigurationError } from '../config/settings.js';
import { type Log } from '../observability/log.js';
import { type Database } from '../storage/database.js';
import { type Storage } from '../storage/storage.js';

const SCHEMA = 'shellm_jobs';
/** Silence after which a claim holds no more. pg-boss takes no less. Seconds. */
const LEASE_S = 10;
/** How often silence is looked for. Seconds. */
const SUPERVISE_S = 5;
/** No claim is renewed for longer; pg-boss takes no more than a day. Seconds. */
const LONGEST_S = 86_400;
/** Longer than anything waits that is not looked after elsewhere. Seconds. */
const RETENTION_S = 400 * 86_400;
/** How often an entry is worked on is for those to limit who do. */
const RETRIES = 1_000_000;

/** Queues of pg-boss, in a schema of their own of the database that all instances share. */
export class PgBossEngine implements QueueEngine {
  readonly pollMs = 2000;
  readonly renewMs = (LEASE_S * 1000) / 4;
  readonly #known = new Map<string, Promise<void>>();

  /**
   * Makes the schema where there is none.
   *
   * @param superviseS how often silence is looked for. Seconds.
   * @throws ConfigurationError in one line, without the URL, where it cannot be made
   */
  static async open(databaseUrl: string, storage: Storage, log: Log, superviseS = SUPERVISE_S): Promise<PgBossEngine> {
    const boss = new PgBoss({
      connectionString: databaseUrl,
      schema: SCHEMA,
      application_name: 'shellm jobs',
      max: 2,
      connectionTimeoutMillis: 5000,
      schedule: false,
      registerInstance: false,
      superviseIntervalSeconds: superviseS,
      monitorIntervalSeconds: superviseS,
    });
    // The database away is told by whoever asks it in vain.
    boss.on('error', (error) => {
      log.debug({ err: error }, 'pg-boss failed');
    });
    boss.on('warning', ({ message }) => {
      log.info({ warning: message }, 'pg-boss warns');
    });
    try {
      await boss.start();
    } catch (cause) {
      await boss.stop({ graceful: false });
      throw new ConfigurationError(`DATABASE_URL: the schema ${SCHEMA} of its queues cannot be made or used (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'})`, {
        cause,
      });
    }
    return new PgBossEngine(boss, storage);
  }

  private constructor(
    private readonly boss: PgBoss,
    private readonly storage: Storage,
  ) {}

  async add(queue: string, { id, priority = 0, delayMs = 0 }: QueueEntry, db: Kysely<Database>): Promise<void> {
    await this.#open(queue);
    await this.boss.send(queue, null, { id, priority, ...(delayMs > 0 && { startAfter: inMs(delayMs) }), db: fromKysely(db) });
  }

  async claim(queue: string, limit: number): Promise<Claim[]> {
    await this.#open(queue);
    const jobs = await this.boss.fetch(queue, { batchSize: limit, includeMetadata: true, db: fromKysely(this.storage.db) });
    const inOrder = jobs.sort((a, b) => b.priority - a.priority || a.createdOn.getTime() - b.createdOn.getTime());
    return inOrder.map(({ id, priority, retryCount }) => ({ id, priority, token: retryCount }));
  }

  async renew(queue: string, claims: readonly Claim[]): Promise<ReadonlySet<string>> {
    const touched = (await this.boss.touch(queue, claims.map(attempt), { db: fromKysely(this.storage.db) })) as { readonly settled?: readonly string[] };
    return new Set(touched.settled);
  }

  async complete(queue: string, claim: Claim): Promise<void> {
    await this.boss.deleteJob(queue, [attempt(claim)], { db: fromKysely(this.storage.db) });
  }

  async release(queue: string, claim: Claim, delayMs: number): Promise<void> {
    await this.storage.db.transaction().execute(async (transaction) => {
      const db = fromKysely(transaction);
      const { affected } = (await this.boss.fail(queue, [attempt(claim)], null, { db })) as { readonly affected: number };
      if (affected > 0 && delayMs > 0) await this.boss.update(queue, undefined, { id: claim.id, startAfter: inMs(delayMs), db });
    });
  }

  async cancel(queue: string, id: string, db: Kysely<Database>): Promise<void> {
    await this.#open(queue);
    await this.boss.deleteJob(queue, id, { db: fromKysely(db) });
  }

  async close(): Promise<void> {
    await this.boss.stop({ graceful: false });
  }

  /** Once for each queue; again where that failed. */
  #open(queue: string): Promise<void> {
    const known = this.#known.get(queue);
    if (known) return known;
    const options = { heartbeatSeconds: LEASE_S, expireInSeconds: LONGEST_S, retentionSeconds: RETENTION_S, retryLimit: RETRIES, retryDelay: 0 };
    const opening = this.boss.createQueue(queue, options).catch((error: unknown) => {
      this.#known.delete(queue);
      throw error;
    });
    this.#known.set(queue, opening);
    return opening;
  }
}

/** The very claim: one that was lost settles nothing of the next one's. */
function attempt({ id, token }: Claim): { id: string; retryCount: number } {
  return { id, retryCount: Number(token) };
}

function inMs(ms: number): Date {
  return new Date(Date.now() + ms);
}
