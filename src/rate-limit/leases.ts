import { type OnApplicationShutdown } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { type Subscription } from 'rxjs';
import { type RedisLink, redisScript } from '../redis/redis-link.js';

/** For so long a lease holds that is not renewed: then its gateway counts as dead. Milliseconds. */
const LEASE_MS = 30_000;

// A client's leases are a sorted set by when they end, by Redis's own clock. One that ends later than any can is of a clock that was set back.
const clock = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local length = tonumber(ARGV[1])
`;
const dropDead = `
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '(' .. string.format('%.0f', now + length), '+inf')
`;
/** ARGV: length, most, lease. Returns whether there was room. */
const takeScript = redisScript(`${clock}${dropDead}
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], now + length, ARGV[3])
redis.call('PEXPIRE', KEYS[1], length)
return 1
`);
/** ARGV: length, leases. What runs holds its lease, whether Redis knew of it or not. */
const renewScript = redisScript(`${clock}
for i = 2, #ARGV do redis.call('ZADD', KEYS[1], now + length, ARGV[i]) end
redis.call('PEXPIRE', KEYS[1], length)
return 1
`);
/** ARGV: lease. */
const giveBackScript = redisScript(`return redis.call('ZREM', KEYS[1], ARGV[1])`);

/** The places of running requests that many instances share, in Redis: leases, renewed as long as the request runs. Those of a gateway that was killed end by themselves. */
export class Leases implements OnApplicationShutdown {
  /** Those of this instance, by client. */
  readonly #held = new Map<string, Set<string>>();
  readonly #instance = randomUUID();
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #returned: Subscription;
  #last = 0;

  constructor(
    private readonly redis: RedisLink,
    private readonly leaseMs = LEASE_MS,
  ) {
    if (redis.configured) {
      this.#timer = setInterval(() => {
        this.#renew();
      }, leaseMs / 3).unref();
    }
    this.#returned = redis.returned.subscribe(() => {
      this.#renew();
    });
  }

  /** Whether places are shared at all. */
  get configured(): boolean {
    return this.redis.configured;
  }

  /**
   * Takes a lease. Where Redis is away it is granted, and told to Redis when that is back.
   *
   * @param max leases of the client at once, on all instances
   * @returns gives it back; undefined where there is none. Never rejects.
   */
  async take(client: string, max: number): Promise<(() => void) | undefined> {
    const lease = `${this.#instance}:${(this.#last += 1)}`;
    const granted = await this.redis.run(takeScript, [keyOf(client)], [this.leaseMs, max, lease]);
    if (granted === 0) return undefined;
    // Not earlier: a renewal would bring back one that was refused.
    this.#held.set(client, (this.#held.get(client) ?? new Set<string>()).add(lease));
    return () => {
      this.#forget(client, lease);
      void this.redis.run(giveBackScript, [keyOf(client)], [lease]);
    };
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
    this.#returned.unsubscribe();
  }

  #forget(client: string, lease: string): void {
    const held = this.#held.get(client);
    held?.delete(lease);
    if (held?.size === 0) this.#held.delete(client);
  }

  #renew(): void {
    for (const [client, leases] of this.#held) void this.redis.run(renewScript, [keyOf(client)], [this.leaseMs, ...leases]);
  }
}

function keyOf(client: string): string {
  return `shellm:{limits}:running:${client}`;
}
