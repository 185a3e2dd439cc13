import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { type Batch, type BatchEndpoint, isOver } from './batch.js';
import { BatchResults } from './batch-results.js';
import { BatchSettings } from './batch-settings.js';
import { BatchSettlement } from './batch-settlement.js';
import { type BatchesPage, BatchStore } from './batch-store.js';
import { BatchWork } from './batch-work.js';
import { LinePlaces } from './line-places.js';
import { LineRunner } from './line-runner.js';
import { AuthService } from '../../auth/auth.service.js';
import { FilesService } from '../../files/files.service.js';
import { JobQueue } from '../../job-queue/job-queue.js';
import { type TaskEnd } from '../../job-queue/queue-worker.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { LOG, type Log } from '../../observability/log.js';
import { DatabaseAwayError } from '../../storage/database-away.js';
import { StorageSettings } from '../../storage/storage-settings.js';
import { Storage } from '../../storage/storage.js';
import { OperationRunner } from '../operations/operation-runner.js';

const QUEUE = 'batches';
/** Batches that are worked on at once, on this instance, and of them those of one owner: there is always room for another. */
const AT_ONCE = 32;
const AT_ONCE_PER_OWNER = 8;
/** When another batch of the same owner is over, perhaps. Milliseconds. */
const NOT_YET_MS = 2000;
/** Batches of one owner that are not over, and in all. */
const UNFINISHED_PER_OWNER = 100;
const BATCHES_PER_OWNER = 10_000;
const WINDOW_MS = 86_400_000;
const DAY_MS = 86_400_000;
const CLEAN_UP_MS = 60_000;

/** What a client asks for. */
export interface BatchOrder extends Pick<Batch, 'inputFileId' | 'metadata' | 'outputTtlS'> {
  readonly endpoint: BatchEndpoint;
}

/** Requests of a file that are run with nobody waiting, within a day. Each batch belongs to a client. */
@Injectable()
export class BatchesService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #store: BatchStore;
  readonly #results: BatchResults;
  readonly #work: BatchWork;
  /** Batches that are worked on here, by their owners. */
  readonly #owners = new Map<string, number>();
  /** The right to end one that was cancelled. */
  readonly #cancels = new LinePlaces(2);
  readonly #closing = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly storage: Storage,
    private readonly files: FilesService,
    private readonly queue: JobQueue,
    operations: OperationRunner,
    auth: AuthService,
    settings: BatchSettings,
    private readonly limits: StorageSettings,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.#store = new BatchStore(storage, () => Date.now());
    this.#results = new BatchResults(storage);
    const { concurrency } = settings;
    const lines = new LineRunner(operations, auth, new LinePlaces(concurrency), settings);
    const settlement = new BatchSettlement(storage, this.#store, this.#results, files, log);
    this.#work = new BatchWork(this.#store, settlement, { files, results: this.#results, lines, concurrency, log });
    queue.work({ queue: QUEUE, concurrency: AT_ONCE }, ({ id, signal }) => this.#handle(batchIdOf(id), signal));
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => void this.cleanUp(), CLEAN_UP_MS).unref();
    void this.cleanUp();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
    this.drain();
  }

  /** Begins no further request. What is left of the batches is for another instance, or for the next start. */
  drain(): void {
    this.#closing.abort();
    this.#work.drain();
  }

  /** @throws GatewayError `not_found` where the owner has no such file, `invalid_parameter` where it is no input, `concurrency_limit_exceeded` where too many batches are not over */
  async create(owner: string, { inputFileId, ...order }: BatchOrder): Promise<Batch> {
    const { purpose } = await this.files.find(inputFileId, owner);
    if (purpose !== 'batch') throw new GatewayError('invalid_parameter', 'The input file must have the purpose "batch".', { param: 'input_file_id' });
    if ((await this.#store.countUnfinished(owner)) >= UNFINISHED_PER_OWNER) {
      throw new GatewayError('concurrency_limit_exceeded', `This key has ${UNFINISHED_PER_OWNER} batches that are not over. Wait until one is, or cancel one.`, { retryAfter: 60 });
    }
    const createdAt = Date.now();
    const expiresAt = createdAt + WINDOW_MS;
    const entry = randomUUID();
    const id = batchIdOf(entry);
    // It may take its time to be ended.
    await this.files.hold(inputFileId, owner, expiresAt + DAY_MS);
    await this.storage.db.transaction().execute(async (db) => {
      await this.#store.insert({ id, owner, inputFileId, ...order, createdAt, expiresAt }, db);
      await this.queue.add(QUEUE, { id: entry }, db);
    });
    this.queue.nudge(QUEUE);
    return this.find(id, owner);
  }

  /** @throws GatewayError `not_found` for one that is unknown or another client's */
  async find(id: string, owner: string): Promise<Batch> {
    return (await this.#store.find(id, owner)) ?? notFound(id);
  }

  /** The newest first; one more than asked for where there are more. @throws GatewayError `invalid_parameter` where there is no batch to begin behind */
  async list(owner: string, page: BatchesPage): Promise<Batch[]> {
    const batches = await this.#store.list(owner, page);
    if (!batches) throw new GatewayError('invalid_parameter', `There is no batch '${page.after?.slice(0, 80) ?? ''}'.`, { param: 'after' });
    return batches;
  }

  /** Ends what runs of it, and begins nothing more. @throws GatewayError `not_found`, `invalid_parameter` where it is over */
  async cancel(id: string, owner: string): Promise<Batch> {
    const { status } = await this.find(id, owner);
    if (isOver(status)) throw new GatewayError('invalid_parameter', `Cannot cancel a batch with status '${status}'.`, { param: 'id' });
    await this.#store.move(id, ['validating', 'in_progress'], 'cancelling');
    if (!this.#work.cancel(id)) void this.#endCancelled(id, owner);
    return this.find(id, owner);
  }

  /** Deletes what is too old, too much, or in files by now. Never rejects. */
  async cleanUp(): Promise<void> {
    try {
      await this.#results.removeEnded();
      await this.#store.removeOlder(this.limits.retentionMs);
      await this.#store.trim(BATCHES_PER_OWNER);
      // One that is in the queue stays as it is.
      for (const id of await this.#store.idsOfUnfinished(UNFINISHED_PER_OWNER)) await this.queue.add(QUEUE, { id: entryOf(id) }, this.storage.db);
    } catch (error) {
      if (!(error instanceof DatabaseAwayError)) this.log.warn({ err: error }, 'batches could not be looked after');
    }
  }

  /** Not by its turn in the queue, where others may be before it for long. Whoever runs its requests elsewhere sees it. Never rejects. */
  async #endCancelled(id: string, owner: string): Promise<void> {
    const { signal } = this.#closing;
    try {
      const leave = await this.#cancels.take(owner, signal);
      await this.#work.work(id, signal).finally(leave);
    } catch (error) {
      if (!signal.aborted) this.log.warn({ err: error, batch: id }, 'a batch that was cancelled could not be ended at once');
    }
  }

  async #handle(id: string, signal: AbortSignal): Promise<TaskEnd> {
    const batch = await this.#store.find(id);
    if (!batch) return 'done';
    const { owner } = batch;
    const own = this.#owners.get(owner) ?? 0;
    if (own >= AT_ONCE_PER_OWNER) return { againInMs: NOT_YET_MS };
    this.#owners.set(owner, own + 1);
    try {
      return (await this.#work.work(id, signal)) ? 'done' : { againInMs: 0 };
    } finally {
      const left = (this.#owners.get(owner) ?? 1) - 1;
      if (left > 0) this.#owners.set(owner, left);
      else this.#owners.delete(owner);
    }
  }
}

/** In the queue it is a UUID. */
function batchIdOf(entry: string): string {
  return `batch_${entry.replaceAll('-', '')}`;
}

function entryOf(batch: string): string {
  return batch.replace(/^batch_(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function notFound(id: string): never {
  throw new GatewayError('not_found', `No batch found with id '${id.slice(0, 80)}'.`, { param: 'id' });
}
