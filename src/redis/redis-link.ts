import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Redis } from 'ioredis';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type Observable, Subject } from 'rxjs';
import { errorCode } from './error-code.js';
import { inTime } from './in-time.js';
import { ConfigurationError } from '../config/settings.js';
import { type Log } from '../observability/log.js';

/** A command that takes longer has failed: nobody waits for Redis for longer. Milliseconds. */
const COMMAND_MS = 250;
/** The same for the commands of a connection that is being made, and for the connection. Milliseconds. */
const CONNECT_MS = 2000;
/** So long the start waits for the connection, so that the first requests share too; and so long the end waits for what is under way. Milliseconds. */
const START_MS = 1000;
/** After a failure one command in this time finds out whether Redis is back; the others do not wait for it. Milliseconds. */
const PAUSE_MS = 1000;
const MAX_RECONNECT_MS = 2000;

/** A Lua script that Redis knows by its hash, which is made when it is first sent. */
export interface RedisScript {
  readonly lua: string;
  readonly sha1: string;
}

export function redisScript(lua: string): RedisScript {
  let sha1: string | undefined;
  return {
    lua,
    get sha1() {
      return (sha1 ??= createHash('sha1').update(lua).digest('hex'));
    },
  };
}

/**
 * The one connection to the Redis of `REDIS_URL`; where that is unset it is never usable. Whoever uses it can do without: a script that fails, for
 * whatever reason, has no reply. Going and coming back are each told in the log once, without the URL.
 */
@Injectable()
export class RedisLink implements OnApplicationShutdown {
  readonly #returned = new Subject<void>();
  #away = false;
  #retryAt = 0;
  #closed = false;

  /**
   * Resolves when it is connected, at the latest after a second: the gateway starts without Redis too.
   *
   * @throws ConfigurationError where Redis lacks the database: the client would take another one
   */
  static async open(url: string | undefined, log: Log): Promise<RedisLink> {
    if (url === undefined) return new RedisLink(undefined, log);
    const { Redis } = await import('ioredis');
    const redis = new Redis(url, {
      connectionName: 'shellm',
      commandTimeout: CONNECT_MS,
      connectTimeout: CONNECT_MS,
      disconnectTimeout: COMMAND_MS,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), MAX_RECONNECT_MS),
    });
    const link = new RedisLink(redis, log);
    try {
      await once(redis, 'ready', { signal: AbortSignal.timeout(START_MS) });
    } catch (error) {
      link.#fail(error);
      if ((error as { command?: { name?: string } }).command?.name === 'select') {
        redis.disconnect();
        throw new ConfigurationError('REDIS_URL: Redis has no database of that number');
      }
    }
    return link;
  }

  private constructor(
    private readonly redis: Redis | undefined,
    private readonly log: Log,
  ) {
    redis
      ?.on('ready', () => {
        this.#succeed();
      })
      .on('error', (error: unknown) => {
        this.#fail(error);
      })
      .on('close', () => {
        this.#fail(undefined);
      });
  }

  /** Whether there is a Redis to share with, be it away just now. */
  get configured(): boolean {
    return this.redis !== undefined;
  }

  /** A word each time that Redis is back. */
  get returned(): Observable<void> {
    return this.#returned;
  }

  /** Whether a script is worth a try. */
  get usable(): boolean {
    return this.redis?.status === 'ready' && (!this.#away || performance.now() >= this.#retryAt);
  }

  /** Runs a script. Its reply; undefined where Redis is away or refuses. Never rejects. */
  async run(script: RedisScript, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown> {
    if (!this.redis || !this.usable) return undefined;
    // Whoever comes while this one finds out does not wait with it.
    const findsOut = this.#away;
    if (findsOut) this.#retryAt = performance.now() + PAUSE_MS;
    try {
      const reply = await inTime(COMMAND_MS, evaluate(this.redis, script, keys, values));
      this.#succeed();
      return reply;
    } catch (error) {
      // A connection that is silent twice may be a dead one: another one knows.
      if (findsOut && errorCode(error) === 'ETIMEDOUT') this.redis.disconnect(true);
      this.#fail(error);
      return undefined;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    this.#closed = true;
    // What was said before, such as the leases that are given back, goes out first.
    if (this.redis?.status === 'ready') await inTime(COMMAND_MS, this.redis.quit()).catch(() => undefined);
    this.redis?.disconnect();
    this.#returned.complete();
  }

  #succeed(): void {
    if (!this.#away) return;
    this.#away = false;
    this.log.info('Redis is back: limits, budgets and the cache are shared again');
    this.#returned.next();
  }

  #fail(error: unknown): void {
    if (this.#closed) return;
    this.#retryAt = performance.now() + PAUSE_MS;
    if (this.#away) return;
    this.#away = true;
    this.log.warn({ code: errorCode(error) }, 'Redis is away: limits and budgets are those of this instance alone, and nothing is cached, until it is back');
  }
}

/** Redis may have forgotten a script, or never have seen it. */
async function evaluate(redis: Redis, { sha1, lua }: RedisScript, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown> {
  try {
    return await redis.evalsha(sha1, keys.length, ...keys, ...values);
  } catch (error) {
    if (errorCode(error) !== 'NOSCRIPT') throw error;
    return redis.eval(lua, keys.length, ...keys, ...values);
  }
}
