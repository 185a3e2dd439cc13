import { type OnApplicationShutdown } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { type RedisLink, redisScript } from './redis-link.js';

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

/** Locks that many instances share. */
export interface SharedLocks {
  /** @returns undefined: somebody holds it. Never rejects. */
  take(name: string): Promise<GiveBack | undefined>;
}

/** Locks in Redis, renewed as long as they are held. Those of a gateway that was killed end by themselves. */
export class RedisLocks implements SharedLocks, OnApplicationShutdown {
  /** Those of this instance: their holders by their keys. */
  readonly #held = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;

  /** @param prefix of their keys, by what they lock */
  constructor(
    private readonly redis: Pick<RedisLink, 'run'>,
    private readonly prefix: string,
    private readonly leaseMs = LEASE_MS,
  ) {}

  /** While Redis is away everybody gets it. */
  async take(name: string): Promise<GiveBack | undefined> {
    const key = `${this.prefix}:${name}`;
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
