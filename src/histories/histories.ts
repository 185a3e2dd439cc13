import { HistoryStore } from './history-store.js';
import { type History, type HistoryLease, type HistoryState } from './history.js';
import { type Lifetime } from './lifetime.js';
import { TurnLocks } from './turn-locks.js';
import { type GatewayError } from '../kernel/gateway-error.js';
import { type Message } from '../kernel/message.js';
import { type Log } from '../observability/log.js';
import { type SharedLocks } from '../redis/redis-locks.js';
import { DatabaseAwayError } from '../storage/database-away.js';
import { OwnerQuota } from '../storage/owner-quota.js';
import { type Storage } from '../storage/storage.js';

/** Over it the longest unused one goes. */
const PER_OWNER = 10_000;
/** Characters of a history's JSON. */
const MAX_HISTORY = 16 * 1024 ** 2;
const CLEAN_UP_MS = 60_000;

/** How a kind of history is called to its clients. */
export interface HistoryWords {
  readonly notFound: () => GatewayError;
  /** `session_busy`. */
  readonly busy: () => GatewayError;
  /** `context_length_exceeded`. */
  readonly tooLong: () => GatewayError;
}

export interface HistoriesOptions {
  readonly table: 'sessions' | 'conversations';
  readonly life: Lifetime;
  /** How long a turn waits for the one before it. Milliseconds. */
  readonly queueTimeoutMs: number;
  /** What is kept of an owner at most. */
  readonly maxBytes: number;
  readonly words: HistoryWords;
  /** Locks of all instances; undefined: there are none. */
  readonly shared: SharedLocks | undefined;
}

/**
 * Histories of one kind: each belongs to an owner and takes one turn at a time. Turns wait for one another; where instances share no locks, the one of two instances'
 * turns that ends first is stored, and the other one fails.
 */
export class Histories {
  readonly #store: HistoryStore;
  readonly #quota: OwnerQuota;
  readonly #locks: TurnLocks;
  readonly #words: HistoryWords;
  #cleaning: NodeJS.Timeout | undefined;

  constructor(
    storage: Storage,
    private readonly options: HistoriesOptions,
    private readonly log: Log,
  ) {
    this.#store = new HistoryStore(storage, options.table, options.life, () => Date.now());
    this.#quota = new OwnerQuota(storage, options.table, options.maxBytes);
    this.#words = options.words;
    this.#locks = new TurnLocks(options.shared);
  }

  /** Cleans up from now on. */
  start(): void {
    void this.cleanUp();
    this.#cleaning = setInterval(() => void this.cleanUp(), CLEAN_UP_MS).unref();
  }

  stop(): void {
    clearInterval(this.#cleaning);
  }

  /** After one was added: there are so many an owner. */
  async added(owner: string): Promise<void> {
    await this.#store.trim(owner, PER_OWNER);
  }

  /**
   * Waits for the history's turn.
   *
   * @param signal gives up the wait, which then rejects with its reason
   * @throws GatewayError for one that is unknown, expired or another owner's; `session_busy` after a wait as long as that for a turn slot
   */
  async acquire(id: string, owner: string, signal: AbortSignal): Promise<HistoryLease> {
    const mayWait = async (): Promise<void> => {
      if (!(await this.#store.exists(id, owner))) throw this.#words.notFound();
    };
    const release = await this.#locks.acquire(id, { signal, timeoutMs: this.options.queueTimeoutMs, mayWait, busy: this.#words.busy });
    try {
      const found = await this.#store.find(id, owner);
      if (!found) throw this.#words.notFound();
      const { history, size } = found;
      return {
        history,
        checkRoom: (messages) => {
          this.#checkRoom(size, messages);
        },
        commit: (state) => this.#commit(history, owner, state),
        release,
      };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Whether the owner has such a one, that has not expired. */
  exists(id: string, owner: string): Promise<boolean> {
    return this.#store.exists(id, owner);
  }

  /** A turn that is under way ends as ever, and stores nothing. False: there was none. */
  remove(id: string, owner: string): Promise<boolean> {
    return this.#store.remove(id, owner);
  }

  /** Deletes what has expired or is too much. Never rejects. */
  async cleanUp(): Promise<void> {
    await this.#quietly(async () => {
      const removed = await this.#store.removeExpired(this.#locks.held);
      if (removed > 0) this.log.debug({ removed }, `removed expired ${this.options.table}`);
      for (const owner of await this.#quota.exceeded()) await this.#trim(owner);
    });
  }

  /** Deletes what an owner has too much of, the longest unused first. Never rejects. */
  #trim(owner: string): Promise<void> {
    return this.#quietly(async () => {
      await this.#store.removeAll(await this.#quota.surplus(owner));
    });
  }

  async #quietly(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof DatabaseAwayError)) this.log.warn({ err: error }, `${this.options.table} could not be cleaned up`);
    }
  }

  #checkRoom(size: number, messages: readonly Message[]): void {
    if (size + JSON.stringify(messages).length > MAX_HISTORY) throw this.#words.tooLong();
  }

  async #commit(history: History, owner: string, state: HistoryState): Promise<void> {
    const messages = JSON.stringify(state.messages);
    if (messages.length > MAX_HISTORY) throw this.#words.tooLong();
    if (await this.#store.update(history, state, messages)) {
      if (this.#quota.wrote(owner, messages.length)) await this.#trim(owner);
      return;
    }
    if (await this.#store.exists(history.id, owner)) throw this.#words.busy();
  }
}
