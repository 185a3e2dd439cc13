import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { TurnLocks, type TurnWait } from './turn-locks.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { silentLog } from '../observability/log.js';
import { RedisLink } from '../redis/redis-link.js';
import { RedisLocks } from '../redis/redis-locks.js';
import { testRedis } from '../../test/support/redis.js';

const url = await testRedis();
const wait = (more: Partial<TurnWait> = {}): TurnWait => ({
  signal: new AbortController().signal,
  timeoutMs: 5000,
  mayWait: () => Promise.resolve(),
  busy: () => new GatewayError('session_busy', 'busy'),
  ...more,
});

(url === undefined ? describe.skip : describe)('turns of two instances on one Redis', () => {
  let links: RedisLink[];
  let instances: TurnLocks[];
  beforeAll(async () => {
    const prefix = `test:${randomUUID()}`;
    links = [await RedisLink.open(url, silentLog), await RedisLink.open(url, silentLog)];
    instances = links.map((link) => new TurnLocks(new RedisLocks(link, prefix)));
  });
  afterAll(() => Promise.all(links.map((link) => link.onApplicationShutdown())));

  it('come one at a time, and every one comes', async () => {
    let running = 0;
    let most = 0;
    let done = 0;
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const release = await instances[index % 2]!.acquire('h', wait());
        most = Math.max(most, (running += 1));
        await sleep(2);
        running -= 1;
        done += 1;
        release();
        release();
      }),
    );
    expect([most, done, instances[0]?.held]).toEqual([1, 20, []]);
  });

  it('are busy after a while, wait no longer than their client does, and are not for those who may not', async () => {
    const release = await instances[0]!.acquire('h', wait());
    await expect(instances[1]!.acquire('h', wait({ timeoutMs: 60 }))).rejects.toMatchObject({ code: 'session_busy' });
    const abort = new AbortController();
    const left = instances[1]!.acquire('h', wait({ signal: abort.signal }));
    abort.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    await expect(instances[1]!.acquire('h', wait({ mayWait: () => Promise.reject(new Error('not yours')) }))).rejects.toThrow('not yours');
    release();
    (await instances[1]!.acquire('h', wait()))();
    expect(instances.map(({ held }) => held)).toEqual([[], []]);
  });
});

describe('turns where Redis is away', () => {
  it('are taken as if there were none', async () => {
    const away = new TurnLocks(new RedisLocks({ run: () => Promise.resolve(undefined) }, 'test'));
    const release = await away.acquire('h', wait());
    await expect(away.acquire('h', wait({ timeoutMs: 20 }))).rejects.toMatchObject({ code: 'session_busy' });
    release();
    expect(away.held).toEqual([]);
  });
});
