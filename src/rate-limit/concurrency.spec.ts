import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type Subject } from 'rxjs';
import { Concurrency } from './concurrency.js';
import { Leases } from './leases.js';
import { silentLog } from '../observability/log.js';
import { RedisLink } from '../redis/redis-link.js';
import { eventually } from '../../test/support/eventually.js';
import { redisProxy, type RedisProxy, testRedis } from '../../test/support/redis.js';

describe(Concurrency.name, () => {
  it('gives a client its places, each back once', async () => {
    const places = new Concurrency(new Leases(await RedisLink.open(undefined, silentLog)));
    const first = await places.take('a', 2);
    expect(places.take('a', 2)).toBeDefined();
    expect(places.take('a', 2)).toBeUndefined();
    expect(places.take('b', 1)).toBeDefined();
    first?.();
    first?.();
    expect(places.take('a', 2)).toBeDefined();
    expect(places.take('a', 2)).toBeUndefined();
  });
});

const url = await testRedis();

(url === undefined ? describe.skip : describe)('places of several instances', () => {
  interface Instance {
    readonly places: Concurrency;
    /** No word comes from it any more. */
    readonly kill: () => void;
  }
  let proxy: RedisProxy;
  let links: RedisLink[] = [];
  const instance = async (leaseMs: number): Promise<Instance> => {
    const link = await RedisLink.open(proxy.url, silentLog);
    const leases = new Leases(link, leaseMs);
    links.push(link);
    return {
      places: new Concurrency(leases),
      kill: () => {
        leases.onApplicationShutdown();
      },
    };
  };
  beforeAll(async () => {
    proxy = await redisProxy(url ?? '');
  });
  afterEach(async () => {
    proxy.restore();
    await Promise.all(links.map((link) => link.onApplicationShutdown()));
    links = [];
  });
  afterAll(() => proxy.close());

  it('are shared, held for as long as a request runs, and free when its gateway is dead', async () => {
    const client = randomUUID();
    const lease = 1500;
    const [one, other] = [await instance(lease), await instance(lease)];
    const first = await one.places.take(client, 2);
    expect(await one.places.take(client, 2)).toBeDefined();
    expect(await other.places.take(client, 2)).toBeUndefined();
    first?.();
    let taken: (() => void) | undefined;
    await eventually(async () => (taken = await other.places.take(client, 2)) !== undefined);
    const renewed = performance.now() + 2 * lease;
    while (performance.now() < renewed) {
      expect(await other.places.take(client, 2)).toBeUndefined();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    one.kill();
    await eventually(async () => (await other.places.take(client, 2)) !== undefined, 3 * lease);
    taken?.();
    other.kill();
  });

  it('are free as soon as they are given back, also where others were renewed while one was refused', async () => {
    const client = randomUUID();
    const link = await RedisLink.open(proxy.url, silentLog);
    links.push(link);
    const leases = new Leases(link);
    const first = await leases.take(client, 1);
    const refused = leases.take(client, 1);
    (link.returned as Subject<void>).next(); // renews
    expect(await refused).toBeUndefined();
    first?.();
    expect(await leases.take(client, 1)).toBeDefined();
    leases.onApplicationShutdown();
  });

  it('are those of each alone while Redis is away, and told to it when it is back', async () => {
    const client = randomUUID();
    const [one, other] = [await instance(30_000), await instance(30_000)];
    proxy.cut();
    const away = await one.places.take(client, 1);
    expect(away).toBeDefined();
    expect(await one.places.take(client, 1)).toBeUndefined();
    proxy.restore();
    // The other finds the place free until the first has told of it.
    await eventually(async () => {
      const free = await other.places.take(client, 1);
      free?.();
      return free === undefined;
    }, 10_000);
    away?.();
    await eventually(async () => {
      const free = await other.places.take(client, 1);
      free?.();
      return free !== undefined;
    }, 5000);
    for (const { kill } of [one, other]) kill();
  });
});
