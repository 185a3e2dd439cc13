import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Keyv } from 'keyv';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ANSWER_STORE, type AnswerStore } from './answer-store.js';
import { isFresh, type KeptAnswer, readKeptAnswer, type Told } from './kept-answer.js';
import { SingleFlight, type Turn } from './single-flight.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type StreamEvent } from '../kernel/stream-event.js';
import { type SharedLocks } from '../redis/redis-locks.js';
import { OwnerBudget } from '../storage/owner-budget.js';

/** How often an answer that another instance makes is looked for. Milliseconds. */
const POLL_MS = 250;
/** Requests of one client that wait for another one's answer. */
const WAITING_PER_OWNER = 500;
const CLEAN_UP_MS = 60_000;

/** Token of the {@link SharedLocks} of answers that are being made. */
export const ANSWER_LOCKS = Symbol('ANSWER_LOCKS');

/** What a request wants of the cache. */
export interface Wanted {
  /** What it is called: see `request-key.ts`. */
  readonly key: string;
  readonly owner: string;
  /** How long its answer is kept, and how old a kept one may be. Seconds. */
  readonly ttlS: number;
  /** Gives up the wait for another one's answer. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** It waits for nobody, and nobody for it. */
  readonly alone: boolean;
}

/** The right to make an answer, and the duty to say how that ended: one of its methods, of which the first counts. They never throw. */
export interface Making extends Told {
  /** Keeps the answer, and gives it to those who wait for it. */
  readonly keep: (events: readonly StreamEvent[]) => void;
  /** It came to its end, and is not to be kept: it may be so with the next ones too, so that twice as many try. */
  readonly giveAway: () => void;
  /** It did not: the next one tries. */
  readonly fail: () => void;
}

/** Answers that are kept for whoever asks the same again. What is asked for several times at once is made once. */
@Injectable()
export class ResponseCache implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #kept: Keyv<unknown>;
  readonly #flights = new SingleFlight<KeptAnswer>();
  readonly #waiting = new OwnerBudget(WAITING_PER_OWNER);
  /** Answers on their way into the store. */
  readonly #writing = new Map<string, KeptAnswer>();
  #cleaning: NodeJS.Timeout | undefined;

  constructor(
    @Inject(ANSWER_STORE) private readonly store: AnswerStore,
    /** Undefined where no other instance looks for the same. */
    @Inject(ANSWER_LOCKS) private readonly locks: SharedLocks | undefined,
  ) {
    this.#kept = new Keyv<unknown>({ store, useKeyPrefix: false, emitErrors: false, serialize: JSON.stringify, deserialize: JSON.parse });
  }

  onApplicationBootstrap(): void {
    const { store } = this;
    if (store.cleanUp) this.#cleaning = setInterval(() => void store.cleanUp?.(), CLEAN_UP_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#cleaning);
  }

  /**
   * The kept answer, or the right to make it. While another request makes it, this waits for its end.
   *
   * @throws GatewayError `timeout`, or `concurrency_limit_exceeded` where too many wait; the signal's reason
   */
  async claim(wanted: Wanted): Promise<KeptAnswer | Making> {
    if (wanted.alone) return (await this.#find(wanted)) ?? this.#making(wanted, noTurn, noLock);
    const until = performance.now() + wanted.timeoutMs;
    for (;;) {
      const found = this.#flights.begin(wanted.key) ?? (await this.#wait(wanted, until));
      if ('done' in found) return this.#begin(wanted, found, until);
      // One that waits for less may be given an answer that is too old for it.
      if (isFresh(found, wanted.ttlS, Date.now())) return found;
    }
  }

  async #wait({ key, owner, signal }: Wanted, until: number): Promise<KeptAnswer | Turn<KeptAnswer>> {
    const place = this.#waiting.open(owner);
    try {
      if (!place.take(1)) throw tooMany();
      return await this.#flights.wait(key, signal, Math.max(0, until - performance.now()));
    } finally {
      place.release();
    }
  }

  async #begin(wanted: Wanted, turn: Turn<KeptAnswer>, until: number): Promise<KeptAnswer | Making> {
    const { signal } = wanted;
    let making: Making | undefined;
    try {
      // Whoever held the turn before may have kept an answer.
      const found = (await this.#find(wanted)) ?? (this.locks && !turn.together ? await this.#lock(this.locks, wanted, until) : noLock);
      if (typeof found !== 'function') {
        turn.done(found);
        return found;
      }
      making = this.#making(wanted, turn, found);
      signal.throwIfAborted();
      return making;
    } catch (error) {
      making?.fail();
      turn.pass(1);
      throw error;
    }
  }

  /** The lock, or the answer that another instance has made meanwhile. */
  async #lock(locks: SharedLocks, wanted: Wanted, until: number): Promise<KeptAnswer | (() => void)> {
    for (;;) {
      const release = await locks.take(wanted.key);
      // Whoever held it until now may have kept an answer.
      const found = await this.#find(wanted);
      if (found) {
        release?.();
        return found;
      }
      if (release) return release;
      if (performance.now() > until) throw new GatewayError('timeout', 'The same request was sent before and is still being answered: its answer did not come in time.');
      await sleep(POLL_MS, undefined, { signal: wanted.signal }).catch(() => {
        wanted.signal.throwIfAborted();
      });
    }
  }

  async #find({ key, ttlS }: Wanted): Promise<KeptAnswer | undefined> {
    const kept = this.#writing.get(key) ?? (await this.#read(key));
    return kept && isFresh(kept, ttlS, Date.now()) ? kept : undefined;
  }

  /** What cannot be read is not there. */
  async #read(key: string): Promise<KeptAnswer | undefined> {
    try {
      return readKeptAnswer(await this.#kept.get(key));
    } catch {
      return undefined;
    }
  }

  #making({ key, ttlS }: Wanted, turn: Turn<KeptAnswer>, release: () => void): Making {
    const told: Told = { id: randomUUID(), createdAt: Date.now() };
    let over = false;
    const pass = (next: number): void => {
      if (over) return;
      over = true;
      release();
      turn.pass(next);
    };
    return {
      ...told,
      keep: (events) => {
        if (over) return;
        over = true;
        const answer = { ...told, madeAt: Date.now(), events };
        void this.#write(key, answer, ttlS).finally(release);
        turn.done(answer);
      },
      giveAway: () => {
        pass(2);
      },
      fail: () => {
        pass(1);
      },
    };
  }

  /** Nobody waits for it. Never rejects. */
  async #write(key: string, answer: KeptAnswer, ttlS: number): Promise<void> {
    this.#writing.set(key, answer);
    try {
      await this.#kept.set(key, answer, ttlS * 1000);
    } catch {
      // What cannot be written is not kept.
    } finally {
      if (this.#writing.get(key) === answer) this.#writing.delete(key);
    }
  }
}

/** Nobody waits. */
const noTurn: Turn<KeptAnswer> = { together: false, done: noLock, pass: noLock };

function noLock(): void {
  // Nobody else is to know.
}

function tooMany(): GatewayError {
  return new GatewayError('concurrency_limit_exceeded', `At most ${WAITING_PER_OWNER} requests of a client may wait for the answer to another one.`, { retryAfter: 1 });
}
