import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { CallbackTargets } from './callback-targets.js';
import { DeliveryStore } from './delivery-store.js';
import { encodeJob, entryIdOf, jobIdOf, type JobObject, type JobRow } from './job.js';
import { OwnerTurns } from './owner-turns.js';
import { DELIVERIES, JOBS } from './job-queues.js';
import { type JobFilter, type JobPage, JobStore, type ListedJob, type Owner, type WholeJob } from './job-store.js';
import { type Client } from '../../auth/client.js';
import { JobQueue } from '../../job-queue/job-queue.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { LOG, type Log } from '../../observability/log.js';
import { OwnerQuota } from '../../storage/owner-quota.js';
import { StorageSettings } from '../../storage/storage-settings.js';
import { Storage } from '../../storage/storage.js';
import { OperationRunner, type StoredRequest } from '../operations/operation-runner.js';

/** Jobs that are not over: of one client, and of all together. */
const UNFINISHED_PER_OWNER = 1000;
const UNFINISHED = 10_000;
/** Over it the oldest go that are over. */
const JOBS_PER_OWNER = 10_000;
const CLEAN_UP_MS = 60_000;
/** An end that should have been told so long ago may be in no queue: two have told it at the same moment, and one of them was asked to tell it again. Milliseconds. */
const OVERDUE_MS = 300_000;

/** Completions that are made later, and whose end is told to a URL. Each belongs to a client. */
@Injectable()
export class Jobs implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #store: JobStore;
  readonly #deliveries: DeliveryStore;
  readonly #quota: OwnerQuota;
  readonly #turns = new OwnerTurns();
  #cleaning: NodeJS.Timeout | undefined;

  constructor(
    private readonly storage: Storage,
    private readonly queue: JobQueue,
    private readonly runner: OperationRunner,
    private readonly targets: CallbackTargets,
    private readonly limits: StorageSettings,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.#store = new JobStore(storage);
    this.#deliveries = new DeliveryStore(storage);
    this.#quota = new OwnerQuota(storage, 'jobs', limits.clientStoreBytes);
  }

  onApplicationBootstrap(): void {
    void this.cleanUp();
    this.#cleaning = setInterval(() => void this.cleanUp(), CLEAN_UP_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#cleaning);
  }

  /**
   * Takes a request on, to be run when there is room.
   *
   * @throws GatewayError for what cannot be run, as its endpoint would; `invalid_parameter` for the URL; `queue_full`
   */
  async accept(asked: StoredRequest, callbackUrl: unknown, client: Client): Promise<JobObject> {
    const url = this.targets.check(callbackUrl);
    const request = JSON.stringify(await this.runner.accept(asked, client));
    const row = await this.#turns.run(client.id, () => this.#insert(client.id, request, url));
    this.queue.nudge(JOBS);
    return encodeJob(row);
  }

  /** @throws GatewayError `not_found` for one that is unknown, erased or another client's */
  async find(id: string, owner: Owner): Promise<WholeJob> {
    return (isJobId(id) ? await this.#store.find(id, owner) : undefined) ?? notFound();
  }

  /** The newest first, without their answers. @throws GatewayError `not_found` where there is none of the id that they come after */
  async list(owner: Owner, filter: JobFilter, page: JobPage): Promise<ListedJob[]> {
    const found = page.after === undefined || isJobId(page.after) ? await this.#store.list(owner, filter, page) : undefined;
    return found ?? notFound('after');
  }

  /** How many jobs are `queued`, and how many `running`, of all instances. */
  unfinished(): Promise<ReadonlyMap<string, number>> {
    return this.#store.unfinished();
  }

  /** One that is not over is cancelled: its turn is ended, and nothing is told. Undefined: it was over, and is erased. @throws GatewayError `not_found` */
  async end(id: string, owner: Owner): Promise<WholeJob | undefined> {
    if (!isJobId(id)) return notFound();
    const entry = entryIdOf(id);
    const cancelled = await this.storage.db.transaction().execute(async (db) => {
      if (!(await this.#store.cancel(id, owner, db))) return false;
      await this.queue.cancel(JOBS, entry, db);
      return true;
    });
    if (cancelled) {
      this.queue.drop(JOBS, entry);
      return this.find(id, owner);
    }
    const removed = await this.storage.db.transaction().execute(async (db) => {
      if (!(await this.#store.remove(id, owner, db))) return false;
      await this.queue.cancel(DELIVERIES, entry, db);
      return true;
    });
    if (!removed) notFound();
    this.queue.drop(DELIVERIES, entry);
    return undefined;
  }

  /** Tells its end once more, or goes on telling it. @throws GatewayError `not_found`; `invalid_parameter` for one that has nothing to tell */
  async redeliver(id: string, owner: Owner): Promise<WholeJob> {
    const { delivery } = await this.find(id, owner);
    if (delivery === null) throw new GatewayError('invalid_parameter', 'Only a job that has succeeded or failed is told.', { param: 'id' });
    await this.storage.db.transaction().execute(async (db) => {
      const whose = await this.#deliveries.again(id, owner, db);
      // The entry of the last try may be about to go.
      if (whose === undefined) return;
      await this.queue.cancel(DELIVERIES, entryIdOf(id), db);
      await this.queue.add(DELIVERIES, { id: entryIdOf(id), priority: -(await this.#deliveries.pendingOf(whose, db)) }, db);
    });
    this.queue.nudge(DELIVERIES);
    return this.find(id, owner);
  }

  /** Deletes what is too old or too much. Never rejects. */
  async cleanUp(): Promise<void> {
    try {
      await this.#store.removeOlder(this.limits.retentionMs);
      await this.#store.trim(JOBS_PER_OWNER);
      for (const id of await this.#deliveries.overdue(OVERDUE_MS)) await this.queue.add(DELIVERIES, { id: entryIdOf(id) }, this.storage.db);
      for (const owner of await this.#quota.exceeded()) await this.#store.removeAll(await this.#quota.surplus(owner));
    } catch (error) {
      this.log.warn({ err: error }, 'jobs could not be cleaned up');
    }
  }

  async #insert(owner: string, request: string, callbackUrl: string): Promise<JobRow> {
    const tag = await this.#place(owner, Buffer.byteLength(request));
    const entry = randomUUID();
    return this.storage.db.transaction().execute(async (db) => {
      await this.queue.add(JOBS, { id: entry, priority: -tag }, db);
      return this.#store.insert({ id: jobIdOf(entry), owner, request, callbackUrl, tag }, db);
    });
  }

  /** The place in the order. @throws GatewayError `queue_full` */
  async #place(owner: string, bytes: number): Promise<number> {
    const { own, ownBytes, all, tag } = await this.#store.places(owner);
    if (own >= UNFINISHED_PER_OWNER || ownBytes + bytes > this.limits.clientStoreBytes) throw full('Too many of your jobs are waiting.');
    if (all >= UNFINISHED) throw full('Too many jobs are waiting.');
    return tag;
  }
}

function isJobId(id: string): boolean {
  return /^job_[0-9a-f]{32}$/.test(id);
}

function full(message: string): GatewayError {
  return new GatewayError('queue_full', message, { retryAfter: 30 });
}

function notFound(param = 'id'): never {
  throw new GatewayError('not_found', 'There is no such job.', { param });
}
