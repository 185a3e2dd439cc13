import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { IdempotencyStore } from './idempotency-store.js';
import { type KeptAnswer, type KeyedRequest } from './kept-answer.js';
import { overOr } from './over-or.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { LOG, type Log } from '../observability/log.js';
import { DatabaseAwayError } from '../storage/database-away.js';
import { OwnerBudget } from '../storage/owner-budget.js';
import { OwnerQuota } from '../storage/owner-quota.js';
import { StorageSettings } from '../storage/storage-settings.js';
import { Storage } from '../storage/storage.js';

/** How long an answer is kept. */
const KEPT_MS = 86_400_000;
/** Over it an owner's oldest answers go. */
const ANSWERS_PER_OWNER = 10_000;
/** How often a run says that it is at work, and after what silence its instance counts as gone. */
const RENEW_MS = 5000;
const LEASE_MS = 15_000;
const CLEAN_UP_MS = 60_000;
/** How often a run of another instance is looked at. */
const POLL_MS = 250;
/** Requests of one owner that wait for another one's answer. */
const WAITING_PER_OWNER = 100;

/** The right to answer a request. Ends with either of its methods, which never reject. */
export interface ClaimedKey {
  readonly kind: 'claimed';
  /** Keeps the answer for whoever asks the same again. */
  keep(answer: KeptAnswer): Promise<void>;
  /** Nothing is kept: the next one may try. */
  free(): Promise<void>;
}

export type Claim = ClaimedKey | { readonly kind: 'kept'; readonly answer: KeptAnswer };

/** One answer for each key of a client, however often and wherever it is asked for. */
@Injectable()
export class IdempotencyService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #store: IdempotencyStore;
  readonly #quota: OwnerQuota;
  /** By its holder: resolves when the run here is over. */
  readonly #running = new Map<string, Promise<void>>();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #waiting = new OwnerBudget(WAITING_PER_OWNER);

  constructor(
    storage: Storage,
    { clientStoreBytes }: StorageSettings,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.#store = new IdempotencyStore(storage, () => Date.now());
    this.#quota = new OwnerQuota(storage, 'idempotency_keys', clientStoreBytes);
  }

  onApplicationBootstrap(): void {
    this.#timers.push(
      setInterval(() => void this.cleanUp(), CLEAN_UP_MS).unref(),
      setInterval(() => void this.#quietly(() => this.#store.touch([...this.#running.keys()])), RENEW_MS).unref(),
    );
    void this.cleanUp();
  }

  onApplicationShutdown(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  /**
   * The right to answer the request, or the answer that it had before. While another run is at it, this waits for its end, for at most `timeoutMs`.
   *
   * @throws GatewayError `idempotency_conflict`; the reason of the signal
   */
  async claim(request: KeyedRequest, { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number }): Promise<Claim> {
    const until = performance.now() + timeoutMs;
    for (;;) {
      const answerOrHolder = await this.#attempt(request);
      if (typeof answerOrHolder !== 'string') return answerOrHolder;
      const leftMs = until - performance.now();
      if (leftMs <= 0) throw underWay();
      await this.#wait(request.owner, answerOrHolder, leftMs, signal);
    }
  }

  /** Deletes what is too old or too much. Never rejects. */
  async cleanUp(): Promise<void> {
    await this.#quietly(async () => {
      await this.#store.removeOlder(KEPT_MS);
      await this.#store.trim(ANSWERS_PER_OWNER);
      for (const owner of await this.#quota.exceeded()) await this.#trim(owner);
    });
  }

  /** A claim, or the holder that is at work on the request. */
  async #attempt(request: KeyedRequest): Promise<Claim | string> {
    const holder = randomUUID();
    if (await this.#store.insert(request, holder)) return this.#claimed(holder, request.owner);
    const found = await this.#store.find(request);
    if (!found) return holder; // it was given up this very moment
    const now = Date.now();
    const over = found.answer ? found.createdAt < now - KEPT_MS : found.seenAt < now - LEASE_MS;
    if (over) return (await this.#store.takeOver(request, found, holder)) ? this.#claimed(holder, request.owner) : found.holder;
    if (found.fingerprint !== request.fingerprint) throw otherRequest();
    return found.answer ? { kind: 'kept', answer: found.answer } : found.holder;
  }

  #claimed(holder: string, owner: string): ClaimedKey {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#running.set(holder, promise);
    const end = async (write: () => Promise<void>): Promise<void> => {
      const written = await this.#quietly(write);
      if (!written) await this.#quietly(() => this.#store.remove(holder));
      this.#running.delete(holder);
      resolve(undefined);
    };
    return {
      kind: 'claimed',
      keep: async (answer) => {
        await end(() => this.#store.keep(holder, answer));
        if (this.#quota.wrote(owner, answer.body.length)) await this.#quietly(() => this.#trim(owner));
      },
      free: () => end(() => this.#store.remove(holder)),
    };
  }

  /** Deletes what an owner has too much of, the oldest first. */
  async #trim(owner: string): Promise<void> {
    await this.#store.removeAll(await this.#quota.surplus(owner));
  }

  async #wait(owner: string, holder: string, leftMs: number, signal: AbortSignal): Promise<void> {
    const place = this.#waiting.open(owner);
    try {
      if (!place.take(1)) throw underWay();
      const here = this.#running.get(holder);
      await overOr(here, here ? leftMs : Math.min(leftMs, POLL_MS), signal);
    } finally {
      place.release();
    }
  }

  async #quietly(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof DatabaseAwayError)) this.log.error({ err: error }, 'the idempotency keys cannot be written');
      return false;
    }
  }
}

function otherRequest(): GatewayError {
  return new GatewayError('idempotency_conflict', 'This Idempotency-Key was used for another request: another endpoint, body or routing header.', {
    param: 'Idempotency-Key',
    shouldRetry: false,
  });
}

function underWay(): GatewayError {
  return new GatewayError('idempotency_conflict', 'The first request with this Idempotency-Key is still under way.', { param: 'Idempotency-Key', retryAfter: 5 });
}
