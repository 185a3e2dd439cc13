import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Kysely } from 'kysely';
import { QUEUE_ENGINE, type QueueEngine, type QueueEntry } from './queue-engine.js';
import { QueueWorker, type TaskHandler, type WorkerOptions } from './queue-worker.js';
import { LOG, type Log } from '../observability/log.js';
import { type Database } from '../storage/database.js';

/** Work that survives the process: whatever is added is done at least once, by whichever instance is there. */
@Injectable()
export class JobQueue implements OnApplicationShutdown {
  readonly #workers = new Map<string, QueueWorker>();

  constructor(
    @Inject(QUEUE_ENGINE) private readonly engine: QueueEngine,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Takes part in the work of a queue, from {@link start} on. */
  work(options: WorkerOptions, handle: TaskHandler): void {
    this.#workers.set(options.queue, new QueueWorker(this.engine, options, handle, this.log));
  }

  /** Once all that the work needs is there. */
  start(): void {
    for (const worker of this.#workers.values()) worker.start();
  }

  /** Takes no new work. Resolves when what runs here is over; what still runs after `graceMs` milliseconds is given back. */
  async finish(graceMs: number): Promise<void> {
    await Promise.all([...this.#workers.values()].map((worker) => worker.stop(graceMs)));
  }

  /** The database is closed after this. */
  async onApplicationShutdown(): Promise<void> {
    await this.finish(0);
    await this.engine.close();
  }

  /** @param db the transaction that it is a part of. {@link nudge} when that is through. */
  add(queue: string, entry: QueueEntry, db: Kysely<Database>): Promise<void> {
    return this.engine.add(queue, entry, db);
  }

  /** Something was added: this instance need not wait until it looks again. */
  nudge(queue: string): void {
    this.#workers.get(queue)?.nudge();
  }

  /** Takes an entry out. {@link drop} when the transaction is through. */
  cancel(queue: string, id: string, db: Kysely<Database>): Promise<void> {
    return this.engine.cancel(queue, id, db);
  }

  /** Ends the work on an entry that was cancelled, where it runs here; another instance sees it by itself. */
  drop(queue: string, id: string): void {
    this.#workers.get(queue)?.drop(id);
  }
}
