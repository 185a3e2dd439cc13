import { type CountedWindow, type Verdict, type WindowState } from './window-verdict.js';
import { type RedisLink, redisScript } from '../redis/redis-link.js';

/**
 * Each window is a list of the times of its hits, the oldest first, so that only its ends are touched. All is looked at before anything is counted, by Redis's
 * own clock, which may be set back: time then stands still for the window, and one from further ahead than a window is long is thrown away.
 *
 * KEYS: the windows. ARGV: the length in milliseconds, then the windows' limits. Returns whether it counted, then used, free in, empty in of each window.
 */
const takeScript = redisScript(`
local length = tonumber(ARGV[1])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local newest = {}
for i, key in ipairs(KEYS) do
  newest[i] = tonumber(redis.call('LINDEX', key, -1) or 0)
  if newest[i] > now + length then
    redis.call('DEL', key)
    newest[i] = 0
  end
end
for i in ipairs(KEYS) do now = math.max(now, newest[i]) end
local used = {}
local counted = 1
for i, key in ipairs(KEYS) do
  local gone
  repeat
    gone = 0
    local oldest = redis.call('LRANGE', key, 0, 99)
    while gone < #oldest and oldest[gone + 1] + length <= now do gone = gone + 1 end
    if gone > 0 then redis.call('LTRIM', key, gone, -1) end
  until gone < 100
  used[i] = redis.call('LLEN', key)
  if used[i] >= tonumber(ARGV[i + 1]) then counted = 0 end
end
local answer = { counted }
for i, key in ipairs(KEYS) do
  local limit = tonumber(ARGV[i + 1])
  local free = 0
  if counted == 1 then
    used[i] = redis.call('RPUSH', key, string.format('%.0f', now))
    redis.call('PEXPIRE', key, length)
    newest[i] = now
  elseif used[i] >= limit then
    free = redis.call('LINDEX', key, used[i] - limit) + length - now
  end
  answer[#answer + 1] = used[i]
  answer[#answer + 1] = free
  answer[#answer + 1] = math.max(0, newest[i] + length - now)
end
return answer
`);

/** Sliding windows of one length in Redis, which many instances share. */
export class RedisWindows {
  constructor(
    private readonly redis: Pick<RedisLink, 'run'>,
    readonly windowMs: number,
  ) {}

  /** Undefined: Redis is away. Never rejects. */
  async take(asked: readonly CountedWindow[]): Promise<Verdict | undefined> {
    const keys = asked.map(({ key }) => `shellm:{limits}:window:${key}`);
    const reply = await this.redis.run(takeScript, keys, [this.windowMs, ...asked.map(({ limit }) => limit)]);
    return reply === undefined ? undefined : verdictOf(reply as readonly number[], asked.length);
  }
}

function verdictOf(reply: readonly number[], windows: number): Verdict {
  const number = (index: number): number => reply[index] ?? 0;
  const stateOf = (window: number): WindowState => ({ used: number(window * 3 + 1), freeInMs: number(window * 3 + 2), emptyInMs: number(window * 3 + 3) });
  return { counted: number(0) === 1, windows: Array.from({ length: windows }, (_, window) => stateOf(window)) };
}
