import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { firstValueFrom } from 'rxjs';
import { errorCode } from './error-code.js';
import { RedisLink, redisScript } from './redis-link.js';
import { type Log, silentLog } from '../observability/log.js';
import { eventually } from '../../test/support/eventually.js';
import { redisProxy, type RedisProxy, testRedis } from '../../test/support/redis.js';

const echo = redisScript('return ARGV[1]');

describe(errorCode.name, () => {
  it.each([
    [Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:6379'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    [new Error('WRONGPASS invalid username-password pair or user is disabled.'), 'WRONGPASS'],
    [new Error('NOSCRIPT No matching script.'), 'NOSCRIPT'],
    [new Error('Command timed out'), 'ETIMEDOUT'],
    [new Error('redis://:secret@host'), 'Error'],
    [undefined, 'closed'],
  ])('%p is %s', (error, code) => {
    expect(errorCode(error)).toBe(code);
  });
});

describe('a link to nothing', () => {
  it('is never usable', async () => {
    const link = await RedisLink.open(undefined, silentLog);
    expect([link.configured, link.usable, await link.run(echo, [], ['a'])]).toEqual([false, false, undefined]);
    await link.onApplicationShutdown();
  });

  it('says once that Redis is away, whatever is tried, and not where', async () => {
    const warn = jest.fn<Log['warn']>();
    const link = await RedisLink.open('redis://user:secret@127.0.0.1:1', { ...silentLog, warn });
    expect(await link.run(echo, [], ['a'])).toBeUndefined();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await link.run(echo, [], ['a'])).toBeUndefined();
    expect(warn.mock.calls).toEqual([[{ code: 'ECONNREFUSED' }, 'Redis is away: limits and budgets are those of this instance alone, and nothing is cached, until it is back']]);
    await link.onApplicationShutdown();
  });
});

const url = await testRedis();

(url === undefined ? describe.skip : describe)(RedisLink.name, () => {
  let proxy: RedisProxy;
  let link: RedisLink;
  const warn = jest.fn<Log['warn']>();
  const info = jest.fn<Log['info']>();
  beforeAll(async () => {
    proxy = await redisProxy(url ?? '');
  });
  beforeEach(async () => {
    jest.clearAllMocks();
    link = await RedisLink.open(proxy.url, { ...silentLog, warn, info });
  });
  afterEach(async () => {
    proxy.restore();
    await link.onApplicationShutdown();
  });
  afterAll(() => proxy.close());

  it('runs a script that Redis has never seen, and one that it has', async () => {
    const own = redisScript(`return ARGV[1] .. '${Math.random()}'`);
    const first = await link.run(own, [], ['a']);
    expect(first).toMatch(/^a0\./);
    expect(await link.run(own, [], ['a'])).toBe(first);
  });

  it.each(['cut', 'silence'] as const)('goes on without Redis after a %s, warns once, and comes back', async (failure) => {
    const back = firstValueFrom(link.returned);
    proxy[failure]();
    const replies = await Promise.all(Array.from({ length: 50 }, () => link.run(echo, [], ['a'])));
    expect(new Set(replies)).toEqual(new Set([undefined]));
    expect(link.usable).toBe(false);
    for (let time = 0; time < 30; time += 1) {
      expect(await link.run(echo, [], ['a'])).toBeUndefined();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect([warn.mock.calls.length, info.mock.calls.length]).toEqual([1, 0]);
    proxy.restore();
    await eventually(async () => (await link.run(echo, [], ['a'])) === 'a', 10_000);
    await back;
    expect([warn.mock.calls.length, info.mock.calls.length]).toEqual([1, 1]);
  });

  it('refuses the start where Redis lacks the database', async () => {
    await expect(RedisLink.open(`${proxy.url.replace(/\/\d*$/, '')}/65000`, silentLog)).rejects.toThrow('REDIS_URL: Redis has no database of that number');
  });

  it('has no reply for a script that fails', async () => {
    expect(await link.run(redisScript(`return redis.error_reply('OOM no room')`), [], [])).toBeUndefined();
    expect(warn.mock.calls[0]?.[0]).toEqual({ code: 'OOM' });
  });
});
