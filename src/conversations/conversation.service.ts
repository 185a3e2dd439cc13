import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { parseConversation } from './conversation-input.js';
import { ConversationStore } from './conversation-store.js';
import { type Conversation, type ConversationSummary } from './conversation.js';
import { HISTORY_LOCKS } from '../histories/histories.module.js';
import { Histories, type HistoryWords } from '../histories/histories.js';
import { type HistoryLease } from '../histories/history.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { LOG, type Log } from '../observability/log.js';
import { PoolSettings } from '../process-pool/pool-settings.js';
import { type SharedLocks } from '../redis/redis-locks.js';
import { StorageSettings } from '../storage/storage-settings.js';
import { Storage } from '../storage/storage.js';

const ID = /^conv_[0-9a-f]{48}$/;
/** Names a conversation in the bodies of completions. */
const PARAM = 'conversation_id';

const words: HistoryWords = {
  notFound: () => notFound(PARAM),
  busy: () => new GatewayError('session_busy', 'The conversation is busy with another request.', { param: PARAM, retryAfter: 1 }),
  tooLong: () => new GatewayError('context_length_exceeded', 'The conversation has grown too long: begin another one.', { param: PARAM }),
};

/** Histories that clients begin, look at and delete: each belongs to a client, takes one turn at a time, and is kept until it has not been used for as long as things are kept. Their ids are unguessable. */
@Injectable()
export class ConversationService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #store: ConversationStore;
  readonly #histories: Histories;

  constructor(
    storage: Storage,
    { queueTimeoutMs }: PoolSettings,
    { clientStoreBytes, retentionMs }: StorageSettings,
    @Inject(LOG) log: Log,
    @Inject(HISTORY_LOCKS) shared?: SharedLocks,
  ) {
    const life = { ttlMs: retentionMs, maxAgeMs: Number.MAX_SAFE_INTEGER };
    this.#store = new ConversationStore(storage, life, () => Date.now());
    this.#histories = new Histories(storage, { table: 'conversations', life, queueTimeoutMs, maxBytes: clientStoreBytes, words, shared }, log);
  }

  onApplicationBootstrap(): void {
    this.#histories.start();
  }

  onApplicationShutdown(): void {
    this.#histories.stop();
  }

  /** @param body what the client begins it with, as sent; @throws GatewayError `invalid_parameter` */
  async begin(owner: string, body: unknown): Promise<Conversation> {
    const conversation = await this.#store.insert(`conv_${randomBytes(24).toString('hex')}`, owner, parseConversation(body));
    await this.#histories.added(owner);
    return conversation;
  }

  /** @throws GatewayError `not_found` */
  async get(id: string, owner: string): Promise<Conversation> {
    const found = ID.test(id) ? await this.#store.find(id, owner) : undefined;
    if (!found) throw notFound('id');
    return found;
  }

  /** The owner's, those used last first. @param after the id of the one before the first one; @throws GatewayError `not_found` where that is none */
  async list(owner: string, { after, limit }: { readonly after: string | undefined; readonly limit: number }): Promise<ConversationSummary[]> {
    const found = after === undefined || ID.test(after) ? await this.#store.list(owner, after, limit) : undefined;
    if (!found) throw notFound('after');
    return found;
  }

  /** A turn that is under way ends as ever, and stores nothing. @throws GatewayError `not_found` */
  async remove(id: string, owner: string): Promise<void> {
    if (!ID.test(id) || !(await this.#histories.remove(id, owner))) throw notFound('id');
  }

  /** @throws GatewayError `not_found` */
  async check(id: string, owner: string): Promise<void> {
    if (!ID.test(id) || !(await this.#histories.exists(id, owner))) throw notFound(PARAM);
  }

  /** Waits for the conversation's turn. @throws GatewayError `not_found`, `session_busy`; see {@link Histories.acquire} */
  async acquire(id: string, owner: string, signal: AbortSignal): Promise<HistoryLease> {
    if (!ID.test(id)) throw notFound(PARAM);
    return this.#histories.acquire(id, owner, signal);
  }

  /** Deletes what has expired or is too much. Never rejects. */
  cleanUp(): Promise<void> {
    return this.#histories.cleanUp();
  }
}

function notFound(param: string): GatewayError {
  return new GatewayError('not_found', 'There is no such conversation.', { param });
}
