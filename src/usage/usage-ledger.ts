import { type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type Observable, Subject } from 'rxjs';
import { AsyncResource } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type UnsentFile } from './unsent-file.js';
import { MAX_ROWS, type UsageStore } from './usage-store.js';
import { type UsageRow } from './usage-row.js';
import { type Log } from '../observability/log.js';
import { type SpendTable } from '../storage/database.js';

/** Rows wait so long for others to be written with. Milliseconds. */
const GATHER_MS = 250;
/** Rows that wait at most, while the database is away; over it the oldest go, so many at once. */
const MAX_WAITING = 100_000;
const DROPPED_AT_ONCE = 1000;
/** After a failure it is tried again: the pause, which grows. Milliseconds. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
/** So long the end waits for the last rows. Milliseconds. */
const END_MS = 5000;

/** What the ledger writes to. */
export type LedgerStore = Pick<UsageStore, 'insert'>;

/** Gathers what completions took, and writes it in batches. What a database that is away does not take waits, and survives a shutdown in a file. */
export class UsageLedger implements OnApplicationBootstrap, OnApplicationShutdown {
  #waiting: UsageRow[] = [];
  /** Rows under way: tried again as they are, so that those that were written all the same are known. */
  #batch: readonly UsageRow[] = [];
  #timer: NodeJS.Timeout | undefined;
  #last: Promise<void> = Promise.resolve();
  readonly #written = new Subject<readonly SpendTable[]>();
  #failures = 0;
  #dropped = 0;
  #closed = false;
  #unsent = true;
  /** In no request's context, whoever sets it off: what the log says of the ledger is of none. */
  readonly #writeAlone = AsyncResource.bind(() => this.#write());

  constructor(
    private readonly store: LedgerStore,
    private readonly file: UnsentFile,
    private readonly log: Log,
    private readonly maxWaiting = MAX_WAITING,
  ) {}

  /** What clients have spent, each time that more of it is written. */
  get written(): Observable<readonly SpendTable[]> {
    return this.#written;
  }

  /** Rows that are not written yet. */
  get waiting(): number {
    return this.#batch.length + this.#waiting.length;
  }

  onApplicationBootstrap(): void {
    void this.flush();
  }

  /** Takes a row, to be written soon. */
  record(row: UsageRow): void {
    this.#waiting.push(row);
    if (this.#closed) this.#keepUnsent();
    else if (this.#failures > 0) this.#dropOldest();
    else if (this.#waiting.length === MAX_ROWS) this.#setOff(0);
    else if (this.#timer === undefined) this.#setOff(GATHER_MS);
  }

  /** Writes what waits now. Resolves when it is written, or could not be. Never rejects. */
  flush(): Promise<void> {
    return (this.#last = this.#last.then(this.#writeAlone));
  }

  /** The database is closed after this. */
  async onApplicationShutdown(): Promise<void> {
    const abort = new AbortController();
    await Promise.race([this.flush(), sleep(END_MS, undefined, { ref: false, signal: abort.signal }).catch(() => undefined)]);
    abort.abort();
    this.#closed = true;
    clearTimeout(this.#timer);
    if (this.waiting > 0) this.#keepUnsent();
    this.#tellDropped();
    this.#written.complete();
  }

  #setOff(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), ms).unref();
  }

  async #write(): Promise<void> {
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // What comes meanwhile waits for others to be written with.
    let rest = this.waiting;
    try {
      while (rest > 0) {
        if (this.#batch.length === 0) this.#batch = this.#waiting.splice(0, MAX_ROWS);
        const spend = await this.store.insert(this.#batch);
        // The end did not wait for it: what was under way is in the file too.
        if (this.#batch.length === 0) return;
        rest -= this.#batch.length;
        this.#batch = [];
        this.#succeed();
        this.#written.next(spend);
      }
      if (this.#unsent) await this.#takeUp();
      this.#succeed();
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (this.#waiting.length > 0) this.#setOff(GATHER_MS);
  }

  /** What was left behind at an end before. @throws the database's error */
  async #takeUp(): Promise<void> {
    const database = { away: false };
    try {
      const { rows, broken } = await this.file.takeUp(async (batch) => {
        database.away = true;
        this.#written.next(await this.store.insert(batch));
        database.away = false;
      });
      if (rows + broken > 0) this.log.info({ rows, broken }, 'usage that could not be written before the last end is written');
    } catch (error) {
      if (database.away) throw error;
      this.log.error({ err: error }, 'usage that could not be written before the last end cannot be read');
    }
    this.#unsent = false;
  }

  #succeed(): void {
    if (this.#failures === 0) return;
    this.#failures = 0;
    this.log.info('usage is written again');
    this.#tellDropped();
  }

  #fail(error: unknown): void {
    if (this.#failures === 0) this.log.warn({ err: error }, 'usage cannot be written: it waits until the database is back');
    this.#setOff(Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS));
    this.#failures += 1;
    this.#dropOldest();
  }

  #dropOldest(): void {
    if (this.waiting <= this.maxWaiting) return;
    this.#dropped += this.#waiting.splice(0, DROPPED_AT_ONCE).length;
  }

  #tellDropped(): void {
    if (this.#dropped > 0) this.log.error({ rows: this.#dropped }, 'usage was lost: more of it waited for the database than there was room for');
    this.#dropped = 0;
  }

  #keepUnsent(): void {
    const rows = [...this.#batch, ...this.#waiting];
    this.#batch = [];
    this.#waiting = [];
    try {
      if (!this.file.add(rows)) this.#dropped += rows.length;
    } catch (error) {
      this.log.error({ err: error, rows: rows.length }, 'usage was lost: it could not be written to the data folder either');
    }
  }
}
