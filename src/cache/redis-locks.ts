import { type OnApplicationShutdown } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { type RedisLink, redisScript } from '../redis/redis-link.js';

/** For so long a lock holds that is not renewed: then its gateway counts as dead. Milliseconds. */
const LEASE_MS = 10_000;

const takeScript = redisScript(`
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
return 0
`);
/** A lock that another one holds by now is left alone; one that Redis has forgotten is taken again. */
const renewScript = redisScript(`
local holder = redis.call('GET', KEYS[1])
if not holder or holder == ARGV[1] then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return 1
`);
const giveBackScript = redisScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`);

/** Gives a lock back; once. */
type GiveBack = () => void;

export interface AnswerLocks {
  /** @returns undefined: another instance holds it. Never rejects. */
  take(name: string): Promise<GiveBack | undefined>;
}

/** Token of the {@link AnswerLocks}. */
export const ANSWER_LOCKS = Symbol('ANSWER_LOCKS');

/** Which instance makes an answer, in Redis: locks, renewed as long as it is made. Those of a gateway that was killed end by themselves. */
export class RedisLocks implements AnswerLocks, OnApplicationShutdown {
  /** Those of this instance: their holders by their keys. */
  readonly #held = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly redis: Pick<RedisLink, 'run'>,
    private readonly leaseMs = LEASE_MS,
  ) {}

  /** While Redis is away everybody gets it. */
  async take(name: string): Promise<GiveBack | undefined> {
    const key = `shellm:{cache}:making:${name}`;
    const holder = randomUUID();
    if ((await this.redis.run(takeScript, [key], [holder, this.leaseMs])) === 0) return undefined;
    this.#held.set(key, holder);
    this.#timer ??= setInterval(() => {
      this.#renew();
    }, this.leaseMs / 3).unref();
    return () => {
      if (this.#held.get(key) === holder) this.#held.delete(key);
      void this.redis.run(giveBackScript, [key], [holder]);
    };
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  #renew(): void {
    for (const [key, holder] of this.#held) void this.redis.run(renewScript, [key], [holder, this.leaseMs]);
  }
}
