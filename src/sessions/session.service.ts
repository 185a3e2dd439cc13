import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { Locks, type Release } from './locks.js';
import { SessionSettings } from './session-settings.js';
import { SessionStore } from './session-store.js';
import { type Session, type SessionLease, type SessionState, type SessionSummary } from './session.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { LOG, type Log } from '../observability/log.js';
import { PoolSettings } from '../process-pool/pool-settings.js';
import { DatabaseAwayError } from '../storage/database-away.js';
import { OwnerQuota } from '../storage/owner-quota.js';
import { StorageSettings } from '../storage/storage-settings.js';
import { Storage } from '../storage/storage.js';

export type { SessionLease } from './session.js';

/** Over it the longest unused one goes. */
const SESSIONS_PER_OWNER = 10_000;
const LISTED = 1000;
const WAITING_PER_SESSION = 100;
/** Characters of a history's JSON. */
const MAX_HISTORY = 16 * 1024 ** 2;
const CLEAN_UP_MS = 60_000;
/** Names a session in errors. */
const PARAM = 'X-SheLLM-Session-ID';

/** Conversations that the gateway remembers: each belongs to a client, takes one turn at a time, and ends after a while. */
@Injectable()
export class SessionService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #store: SessionStore;
  readonly #quota: OwnerQuota;
  readonly #locks = new Locks(WAITING_PER_SESSION);
  #cleaning: NodeJS.Timeout | undefined;

  constructor(
    storage: Storage,
    settings: SessionSettings,
    private readonly pool: PoolSettings,
    { clientStoreBytes }: StorageSettings,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.#store = new SessionStore(storage, settings, () => Date.now());
    this.#quota = new OwnerQuota(storage, 'sessions', clientStoreBytes);
  }

  onApplicationBootstrap(): void {
    void this.cleanUp();
    this.#cleaning = setInterval(() => void this.cleanUp(), CLEAN_UP_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#cleaning);
  }

  /** @param owner the client's name */
  async open(owner: string): Promise<Session> {
    const session = await this.#store.insert(randomUUID(), owner);
    await this.#store.trim(owner, SESSIONS_PER_OWNER);
    return session;
  }

  /**
   * Waits for the session's turn.
   *
   * @param signal gives up the wait, which then rejects with its reason
   * @throws GatewayError `session_not_found` for one that is unknown, expired or another owner's; `session_busy` after a wait as long as that for a turn slot
   */
  async acquire(id: string, owner: string, signal: AbortSignal): Promise<SessionLease> {
    const release = await this.#lock(id, owner, signal);
    try {
      const session = await this.#store.find(id, owner);
      if (!session) throw notFound();
      return { session, commit: (state) => this.#commit(session, owner, state), release };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** The owner's, those used last first; at most a thousand. */
  list(owner: string): Promise<SessionSummary[]> {
    return this.#store.list(owner, LISTED);
  }

  /** A turn that is under way ends as ever, and stores nothing. @throws GatewayError `session_not_found` */
  async remove(id: string, owner: string): Promise<void> {
    if (!(await this.#store.remove(id, owner))) throw notFound();
  }

  /** Deletes what has expired or is too much. Never rejects. */
  async cleanUp(): Promise<void> {
    try {
      const removed = await this.#store.removeExpired(this.#locks.held);
      if (removed > 0) this.log.debug({ removed }, 'removed expired sessions');
      for (const owner of await this.#quota.exceeded()) await this.#trim(owner);
    } catch (error) {
      if (!(error instanceof DatabaseAwayError)) this.log.warn({ err: error }, 'sessions could not be cleaned up');
    }
  }

  /** Who may not have the session leaves its queue at once. */
  #lock(id: string, owner: string, signal: AbortSignal): Promise<Release> {
    const refused = new AbortController();
    const isHeld = this.#locks.isHeld(id);
    const lock = this.#locks.acquire(id, { signal: AbortSignal.any([signal, refused.signal]), timeoutMs: this.pool.queueTimeoutMs, busy });
    const refuse = (error: unknown): void => {
      refused.abort(error);
    };
    if (isHeld) {
      this.#store.exists(id, owner).then((exists) => {
        if (!exists) refuse(notFound());
      }, refuse);
    }
    return lock;
  }

  /** Deletes what an owner has too much of, the longest unused first. Never rejects. */
  async #trim(owner: string): Promise<void> {
    try {
      await this.#store.removeAll(await this.#quota.surplus(owner));
    } catch (error) {
      if (!(error instanceof DatabaseAwayError)) this.log.warn({ err: error }, 'sessions could not be cleaned up');
    }
  }

  async #commit(session: Session, owner: string, state: SessionState): Promise<void> {
    const messages = JSON.stringify(state.messages);
    if (messages.length > MAX_HISTORY) throw new GatewayError('context_length_exceeded', 'The session has grown too long: begin another one.', { param: PARAM });
    if (await this.#store.update(session, state, messages)) {
      if (this.#quota.wrote(owner, messages.length)) await this.#trim(owner);
      return;
    }
    if (await this.#store.exists(session.id, owner)) throw busy();
  }
}

function notFound(): GatewayError {
  return new GatewayError('session_not_found', 'There is no such session. It may have expired.', { param: PARAM });
}

function busy(): GatewayError {
  return new GatewayError('session_busy', 'The session is busy with another request.', { param: PARAM, retryAfter: 1 });
}
