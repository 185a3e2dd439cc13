import { type Amount, type Limit } from './amount.js';
import { type RedisLink, redisScript } from '../redis/redis-link.js';

/** For so long a reservation holds that is not renewed: then its gateway counts as dead. Milliseconds. */
export const LEASE_MS = 45_000;
/** What was spent is kept for so long after the end of its period, for what ends late. Milliseconds. */
const AFTER_MS = 86_400_000;

// KEYS: what is spent, a hash of two sums; what is reserved, a hash of "until:tokens:nanos" by the request's name, with Redis's own clock.
// ARGV begins with what this instance knows to be spent, and how long that is kept.
const spent = `
local known = redis.call('HMGET', KEYS[1], 't', 'n')
local t = math.max(tonumber(known[1] or 0), tonumber(ARGV[1]))
local n = math.max(tonumber(known[2] or 0), tonumber(ARGV[2]))
local function keep()
  redis.call('HSET', KEYS[1], 't', string.format('%.0f', t), 'n', string.format('%.0f', n))
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
`;
const clock = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;
/** ARGV: …, length, the request's name, its tokens, its nanos, the limits or -1. Returns whether it may begin, what is spent, what is reserved. One that ends later than any can is of a clock that was set back. */
const reserveScript = redisScript(`${spent}${clock}
keep()
local length = tonumber(ARGV[4])
local rt, rn = 0, 0
local all = redis.call('HGETALL', KEYS[2])
for i = 1, #all, 2 do
  local ends, a, b = string.match(all[i + 1], '^(%d+):(%d+):(%d+)$')
  if ends and tonumber(ends) > now and tonumber(ends) <= now + length then
    rt = rt + tonumber(a)
    rn = rn + tonumber(b)
  else
    redis.call('HDEL', KEYS[2], all[i])
  end
end
local most, dearest = tonumber(ARGV[8]), tonumber(ARGV[9])
if (most >= 0 and t + rt >= most) or (dearest >= 0 and n + rn >= dearest) then return { 0, t, n, rt, rn } end
redis.call('HSET', KEYS[2], ARGV[5], string.format('%.0f:%.0f:%.0f', now + length, ARGV[6], ARGV[7]))
redis.call('PEXPIRE', KEYS[2], length)
return { 1, t, n, rt, rn }
`);
/** ARGV: …, the request's name, what it took. What this instance knows has it in it. Returns what is spent. */
const settleScript = redisScript(`
redis.call('HDEL', KEYS[2], ARGV[4])
redis.call('HINCRBY', KEYS[1], 't', ARGV[5])
redis.call('HINCRBY', KEYS[1], 'n', ARGV[6])
${spent}
keep()
return { t, n }
`);
const learnScript = redisScript(`${spent}
keep()
return { t, n }
`);
/** ARGV: length, then name, tokens and nanos of each. What is under way holds its reservation, whether Redis knew of it or not. */
const renewScript = redisScript(`${clock}
local length = tonumber(ARGV[1])
for i = 2, #ARGV, 3 do redis.call('HSET', KEYS[1], ARGV[i], string.format('%.0f:%.0f:%.0f', now + length, ARGV[i + 1], ARGV[i + 2])) end
redis.call('PEXPIRE', KEYS[1], length)
return 1
`);

/** Whose spend it is, and when its period ends (milliseconds since 1970). */
export interface SpendKey {
  readonly client: string;
  readonly period: string;
  readonly endsAt: number;
}

/** Whether a request may begin; what is spent, and what is spent and reserved, by others. */
export interface SharedAnswer {
  readonly granted: boolean;
  readonly spent: Amount;
  readonly taken: Amount;
}

/** Spend that many instances share, in Redis. What does not reach Redis has no answer; nothing here rejects. */
export class RedisSpend {
  constructor(
    private readonly redis: Pick<RedisLink, 'run' | 'usable'>,
    private readonly leaseMs = LEASE_MS,
    private readonly now: () => number = Date.now,
  ) {}

  /** Whether it is worth a try. */
  get usable(): boolean {
    return this.redis.usable;
  }

  /** Reserves for a request, where it may begin. @param known what this instance knows to be spent @returns undefined: Redis is away */
  async reserve(key: SpendKey, name: string, estimate: Amount, limit: Limit, known: Amount): Promise<SharedAnswer | undefined> {
    const values = [...this.#base(key, known), this.leaseMs, name, estimate.tokens, estimate.nanos, limit.tokens ?? -1, limit.nanos ?? -1];
    const reply = (await this.redis.run(reserveScript, [spentKey(key), reservedKey(key)], values)) as readonly number[] | undefined;
    if (!reply) return undefined;
    const [granted, tokens = 0, nanos = 0, reservedTokens = 0, reservedNanos = 0] = reply;
    return { granted: granted === 1, spent: { tokens, nanos }, taken: { tokens: tokens + reservedTokens, nanos: nanos + reservedNanos } };
  }

  /** @param known what this instance knows to be spent, this request included */
  async settle(key: SpendKey, name: string, actual: Amount, known: Amount): Promise<Amount | undefined> {
    return amountOf(await this.redis.run(settleScript, [spentKey(key), reservedKey(key)], [...this.#base(key, known), name, actual.tokens, actual.nanos]));
  }

  async learn(key: SpendKey, known: Amount): Promise<Amount | undefined> {
    return amountOf(await this.redis.run(learnScript, [spentKey(key)], this.#base(key, known)));
  }

  async renew(key: SpendKey, reserved: ReadonlyMap<string, Amount>): Promise<void> {
    const values = [...reserved].flatMap(([name, { tokens, nanos }]) => [name, tokens, nanos]);
    await this.redis.run(renewScript, [reservedKey(key)], [this.leaseMs, ...values]);
  }

  #base({ endsAt }: SpendKey, { tokens, nanos }: Amount): number[] {
    return [tokens, nanos, Math.max(1, endsAt - this.now()) + AFTER_MS];
  }
}

function amountOf(reply: unknown): Amount | undefined {
  const [tokens = 0, nanos = 0] = (reply ?? []) as readonly number[];
  return reply === undefined ? undefined : { tokens, nanos };
}

function spentKey({ client, period }: SpendKey): string {
  return `shellm:{budget:${client}}:${period}`;
}

function reservedKey(key: SpendKey): string {
  return `${spentKey(key)}:reserved`;
}
