import { type AnswerStore, hasRoom, sizeOfEntry } from './answer-store.js';
import { type RedisLink, redisScript } from '../redis/redis-link.js';

/** Of all entries: when each was used last, its size (and under `#` that of all), and when it ends. */
const INDEX = ['used', 'sizes', 'ends'] as const;

// KEYS: an entry, and the index. ARGV: the entry's name, and what all entries' keys begin with.
const head = `
local used, sizes, ends = KEYS[2], KEYS[3], KEYS[4]
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local function drop(name)
  local size = redis.call('HGET', sizes, name)
  if size then
    redis.call('HDEL', sizes, name)
    redis.call('HINCRBY', sizes, '#', -size)
  end
  redis.call('ZREM', used, name)
  redis.call('ZREM', ends, name)
  return redis.call('DEL', ARGV[2] .. name)
end
`;

const getScript = redisScript(`${head}
local text = redis.call('GET', KEYS[1])
if text then redis.call('ZADD', used, 'XX', string.format('%.0f', now), ARGV[1]) end
return text
`);

/**
 * Makes room, by what has ended and what is longest unused, and keeps the entry. An index of which Redis threw a part away, since it was short of memory, is begun
 * anew: without it nobody knows what there is.
 *
 * ARGV, further: the text, its size, the time to live in milliseconds, the most that all entries may take.
 */
const setScript = redisScript(`${head}
local size, ttl, max = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
if redis.call('EXISTS', used, sizes, ends) < 3 then
  for _, name in ipairs(redis.call('ZRANGE', used, 0, -1)) do redis.call('DEL', ARGV[2] .. name) end
  for _, name in ipairs(redis.call('HKEYS', sizes)) do redis.call('DEL', ARGV[2] .. name) end
  redis.call('DEL', used, sizes, ends)
end
local ended
repeat
  ended = redis.call('ZRANGEBYSCORE', ends, '-inf', string.format('%.0f', now), 'LIMIT', 0, 100)
  for _, name in ipairs(ended) do drop(name) end
until #ended < 100
drop(ARGV[1])
while tonumber(redis.call('HGET', sizes, '#') or 0) + size > max do
  local unused = redis.call('ZRANGE', used, 0, 0)[1]
  if not unused then return 0 end
  drop(unused)
end
redis.call('SET', KEYS[1], ARGV[3], 'PX', ttl)
redis.call('ZADD', used, string.format('%.0f', now), ARGV[1])
redis.call('ZADD', ends, string.format('%.0f', now + ttl), ARGV[1])
redis.call('HSET', sizes, ARGV[1], size)
redis.call('HINCRBY', sizes, '#', size)
for index = 2, 4 do
  if redis.call('PTTL', KEYS[index]) < ttl then redis.call('PEXPIRE', KEYS[index], ttl) end
end
return 1
`);

const deleteScript = redisScript(`${head}
return drop(ARGV[1])
`);

/** Answers in Redis, which many instances share. While it is away there are none. */
export class RedisStore implements AnswerStore {
  constructor(
    private readonly redis: Pick<RedisLink, 'run'>,
    private readonly maxBytes: number,
    private readonly prefix = 'shellm:{cache}:',
  ) {}

  async get(key: string): Promise<string | undefined> {
    const text = await this.redis.run(getScript, this.#keysOf(key), [key, this.#entries]);
    return typeof text === 'string' ? text : undefined;
  }

  async set(key: string, text: string, ttlMs: number): Promise<boolean> {
    const size = sizeOfEntry(text);
    return hasRoom(size, this.maxBytes) && (await this.redis.run(setScript, this.#keysOf(key), [key, this.#entries, text, size, ttlMs, this.maxBytes])) === 1;
  }

  async delete(key: string): Promise<boolean> {
    return (await this.redis.run(deleteScript, this.#keysOf(key), [key, this.#entries])) === 1;
  }

  /** Nothing here asks for it; Keyv wants to know of it. */
  clear(): Promise<void> {
    return Promise.reject(new Error("the answers in Redis are many instances' own"));
  }

  #keysOf(key: string): readonly string[] {
    return [this.#entries + key, ...INDEX.map((name) => this.prefix + name)];
  }

  get #entries(): string {
    return `${this.prefix}answer:`;
  }
}
