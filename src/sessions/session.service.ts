import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { SessionSettings } from './session-settings.js';
import { type OwnedSummary, SessionStore } from './session-store.js';
import { HISTORY_LOCKS } from '../histories/histories.module.js';
import { Histories, type HistoryWords } from '../histories/histories.js';
import { type History, type HistoryLease, type HistorySummary } from '../histories/history.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { LOG, type Log } from '../observability/log.js';
import { PoolSettings } from '../process-pool/pool-settings.js';
import { type SharedLocks } from '../redis/redis-locks.js';
import { StorageSettings } from '../storage/storage-settings.js';
import { Storage } from '../storage/storage.js';

const LISTED = 1000;
/** Names a session in errors. */
const PARAM = 'X-SheLLM-Session-ID';

const words: HistoryWords = {
  notFound: () => new GatewayError('session_not_found', 'There is no such session. It may have expired.', { param: PARAM }),
  busy: () => new GatewayError('session_busy', 'The session is busy with another request.', { param: PARAM, retryAfter: 1 }),
  tooLong: () => new GatewayError('context_length_exceeded', 'The session has grown too long: begin another one.', { param: PARAM }),
};

/** Histories that a header names: each belongs to a client, takes one turn at a time, and ends after a while. Their ids are unguessable UUIDs. */
@Injectable()
export class SessionService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #store: SessionStore;
  readonly #histories: Histories;

  constructor(
    storage: Storage,
    settings: SessionSettings,
    { queueTimeoutMs }: PoolSettings,
    { clientStoreBytes }: StorageSettings,
    @Inject(LOG) log: Log,
    @Inject(HISTORY_LOCKS) shared?: SharedLocks,
  ) {
    this.#store = new SessionStore(storage, settings, () => Date.now());
    this.#histories = new Histories(storage, { table: 'sessions', life: settings, queueTimeoutMs, maxBytes: clientStoreBytes, words, shared }, log);
  }

  onApplicationBootstrap(): void {
    this.#histories.start();
  }

  onApplicationShutdown(): void {
    this.#histories.stop();
  }

  /** @param owner the client's name */
  async open(owner: string): Promise<History> {
    const session = await this.#store.insert(randomUUID(), owner);
    await this.#histories.added(owner);
    return session;
  }

  /** Waits for the session's turn. @throws GatewayError `session_not_found`, `session_busy`; see {@link Histories.acquire} */
  acquire(id: string, owner: string, signal: AbortSignal): Promise<HistoryLease> {
    return this.#histories.acquire(id, owner, signal);
  }

  /** Of all owners, as they are stored. */
  count(): Promise<number> {
    return this.#store.count();
  }

  /** Of all owners, those used last first. */
  newest(limit: number): Promise<OwnedSummary[]> {
    return this.#store.newest(limit);
  }

  /** The owner's, those used last first; at most a thousand. */
  list(owner: string): Promise<HistorySummary[]> {
    return this.#store.list(owner, LISTED);
  }

  /** A turn that is under way ends as ever, and stores nothing. @throws GatewayError `session_not_found` */
  async remove(id: string, owner: string): Promise<void> {
    if (!(await this.#histories.remove(id, owner))) throw words.notFound();
  }

  /** Deletes what has expired or is too much. Never rejects. */
  cleanUp(): Promise<void> {
    return this.#histories.cleanUp();
  }
}
