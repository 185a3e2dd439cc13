import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { Subject } from 'rxjs';
import { Budgets } from './budgets.js';
import { periodOf } from './periods.js';
import { type Budget } from '../kernel/budget.js';
import { RedisLink, type RedisScript } from '../redis/redis-link.js';
import { silentLog } from '../observability/log.js';
import { Books, DAY, LEASE, Play, START, type World } from '../../test/support/budget-play.js';
import { eventually } from '../../test/support/eventually.js';
import { redisProxy, type RedisProxy, testRedis } from '../../test/support/redis.js';

const alone = { run: () => Promise.resolve(undefined), usable: false, configured: false, returned: new Subject<void>() };

const amount = fc.record({ tokens: fc.integer({ min: 0, max: 40 }), nanos: fc.integer({ min: 0, max: 4000 }) });
type Step = (play: Play) => Promise<void> | void;

/** Steps of random requests over so many instances. @param also what happens now and then beside them */
function stepsOf(instances: number, also?: (instance: number) => Step): fc.Arbitrary<Step[]> {
  const instance = fc.nat({ max: instances - 1 });
  const reserve = fc.tuple(fc.constantFrom('a', 'b'), instance, amount).map(
    ([client, at, estimate]): Step =>
      (play) =>
        play.reserve(client, at, estimate),
  );
  const settle = fc.tuple(fc.nat(), amount).map(([which, actual]): Step => (play) => {
    play.settle(which, actual);
  });
  const write = instance.map((at): Step => (play) => {
    play.write(at);
  });
  const pass = fc.constantFrom(1, 10_000, LEASE / 2, LEASE, DAY).map((ms): Step => (play) => {
    play.pass(ms);
  });
  const step = fc.oneof({ weight: 9, arbitrary: reserve }, { weight: 6, arbitrary: settle }, { weight: 3, arbitrary: write }, { weight: 1, arbitrary: pass });
  return fc.array(also ? fc.oneof({ weight: 9, arbitrary: step }, { weight: 1, arbitrary: instance.map(also) }) : step, { maxLength: 80, size: 'max' });
}

const budget = fc
  .record({ nanos: fc.option(fc.integer({ min: 1, max: 20_000 }), { nil: undefined }), tokens: fc.option(fc.integer({ min: 1, max: 300 }), { nil: undefined }) })
  .map(({ nanos, tokens }): Budget => ({ period: 'day', ...(nanos === undefined ? {} : { usd: nanos / 1e9 }), ...(tokens === undefined ? {} : { tokens }) }));

async function holds(numRuns: number, fresh: () => World, steps: fc.Arbitrary<Step[]>): Promise<void> {
  await fc.assert(
    fc.asyncProperty(budget, budget, steps, async (a, b, all) => {
      const play = new Play(fresh(), { a, b });
      for (const step of all) await step(play);
      play.end();
    }),
    { numRuns },
  );
}

describe('budgets of one instance', () => {
  it('let a request in if, and only if, what is spent and reserved is below the limit', () =>
    holds(200, () => ({ shared: alone, instances: 1, returned: new Subject(), forget: () => Promise.resolve(), at: () => undefined }), stepsOf(1)));

  it('are overshot by no more than what was under way together, however many come at once', async () => {
    const books = new Books();
    const budgets = new Budgets(books, { written: new Subject() }, alone, () => START);
    const spender = { id: 'a', budget: { tokens: 100, period: 'day' } as const };
    const all = await Promise.allSettled(Array.from({ length: 64 }, () => budgets.reserve(spender, { tokens: 30, nanos: 0 })));
    const granted = all.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    expect(granted).toHaveLength(4);
    for (const each of granted) each.settle({ tokens: 500, nanos: 0 });
    await expect(budgets.reserve(spender, { tokens: 0, nanos: 0 })).rejects.toMatchObject({ code: 'budget_exceeded' });
    expect((await budgets.statesOf([spender]))[0]?.spent.tokens).toBe(2000);
  });

  it('say when they begin anew, and do', async () => {
    let now = Date.UTC(2026, 11, 31, 23, 59, 30);
    const budgets = new Budgets(new Books(), { written: new Subject() }, alone, () => now);
    for (const period of ['day', 'month'] as const) {
      const spender = { id: period, budget: { usd: 0.5, tokens: 9, period } };
      (await budgets.reserve(spender, { tokens: 9, nanos: 9 })).settle({ tokens: 9, nanos: 9 });
      await expect(budgets.reserve(spender, { tokens: 1, nanos: 1 })).rejects.toMatchObject({
        code: 'budget_exceeded',
        retryAfter: 30,
        shouldRetry: false,
        message: `The budget of this key, 9 tokens a ${period}, is spent or taken by its requests under way. It begins anew at 2027-01-01T00:00:00.000Z.`,
      });
    }
    now += 30_000;
    await budgets.reserve({ id: 'day', budget: { tokens: 9, period: 'day' } }, { tokens: 1, nanos: 1 });
    await budgets.reserve({ id: 'month', budget: { tokens: 9, period: 'month' } }, { tokens: 1, nanos: 1 });
  });

  it('are those of the time at which a request came, however long it waited', async () => {
    let now = Date.UTC(2026, 10, 26, 23, 59, 30);
    const budgets = new Budgets(new Books(), { written: new Subject() }, alone, () => now);
    const spender = { id: 'a', budget: { tokens: 9, period: 'day' } as const };
    const began = now;
    now += 60_000;
    (await budgets.reserve(spender, { tokens: 1, nanos: 0 }, began)).settle({ tokens: 9, nanos: 0 });
    expect((await budgets.statesOf([spender]))[0]?.spent.tokens).toBe(0);
    await expect(budgets.reserve(spender, { tokens: 1, nanos: 0 }, began)).rejects.toMatchObject({ code: 'budget_exceeded', retryAfter: 1 });
  });

  it('begin with what the database knows, go on without it, and take in what it knows then', async () => {
    const books = new Books();
    books.pending.push({ instance: 1, client: 'a', period: 'day:2026-11-26', amount: { tokens: 60, nanos: 0 } });
    books.write(1);
    const spender = { id: 'a', budget: { tokens: 100, period: 'day' } as const };
    const budgets = new Budgets(books, { written: books.written[0]! }, alone, () => START);
    (await budgets.reserve(spender, { tokens: 1, nanos: 0 })).settle({ tokens: 10, nanos: 0 });
    expect((await budgets.statesOf([spender]))[0]?.spent.tokens).toBe(70);
    books.away = true;
    const blind = new Budgets(books, { written: books.written[0]! }, alone, () => START);
    (await blind.reserve(spender, { tokens: 1, nanos: 0 })).settle({ tokens: 10, nanos: 0 });
    expect((await blind.statesOf([spender]))[0]?.spent.tokens).toBe(10);
    books.pending.push({ instance: 0, client: 'a', period: 'day:2026-11-26', amount: { tokens: 40, nanos: 0 } });
    books.write(0);
    await expect(blind.reserve(spender, { tokens: 1, nanos: 0 })).rejects.toMatchObject({ code: 'budget_exceeded' });
  });
});

const url = await testRedis();

(url === undefined ? describe.skip : describe)('budgets of instances that share a Redis', () => {
  let redis: Redis;
  let proxy: RedisProxy;
  const links: RedisLink[] = [];
  const kept = new Set<string>();
  beforeAll(() => {
    redis = new Redis(url ?? '');
  });
  beforeEach(async () => {
    proxy = await redisProxy(url ?? '');
  });
  afterEach(async () => {
    await Promise.all(links.splice(0).map((link) => link.onApplicationShutdown()));
    await proxy.close();
  });
  afterAll(async () => {
    if (kept.size > 0) await redis.del(...kept);
    redis.disconnect();
  });

  const fresh = (): World => {
    const prefix = randomUUID();
    const keys = new Set<string>();
    let now = START;
    // The scripts as they are, but for the clock: the last argument.
    const run = ({ lua }: RedisScript, asked: readonly string[], values: readonly (string | number)[]): Promise<unknown> => {
      const own = asked.map((key) => `${prefix} ${key}`);
      for (const key of own) {
        kept.add(key);
        keys.add(key);
      }
      const clock = `local real = redis
local at = table.remove(ARGV)
local redis = { call = function(command, ...) if command == 'TIME' then return { string.sub(at, 1, -4), string.sub(at, -3) .. '000' } end return real.call(command, ...) end }
`;
      return redis.eval(clock + lua, own.length, ...own, ...values, now);
    };
    const returned = new Subject<void>();
    return {
      shared: { run, usable: true, configured: false, returned },
      instances: 2,
      returned,
      forget: async () => {
        if (keys.size > 0) await redis.del(...keys);
      },
      at: (time) => {
        now = time;
      },
    };
  };

  it('let a request in if, and only if, what is spent and reserved by all is below the limit, also where one dies', () =>
    holds(
      60,
      fresh,
      stepsOf(2, (at) => (play) => {
        play.die(at);
      }),
    ));

  it('know what was spent where Redis forgets everything', () =>
    holds(
      40,
      fresh,
      stepsOf(2, () => (play) => play.forget()),
    ));

  it('go on by what each knows where Redis is away, and share again when it is back', async () => {
    const open = async (): Promise<RedisLink> => {
      const link = await RedisLink.open(proxy.url, silentLog);
      links.push(link);
      return link;
    };
    const books = new Books();
    const budgets = [new Budgets(books, { written: books.written[0]! }, await open()), new Budgets(books, { written: books.written[1]! }, await open())] as const;
    const spender = { id: randomUUID(), budget: { tokens: 100, period: 'month' } as const };
    kept.add(`shellm:{budget:${spender.id}}:${periodOf('month', Date.now())}`);
    const spend = async (which: 0 | 1, tokens: number): Promise<void> => {
      (await budgets[which].reserve(spender, { tokens: 1, nanos: 0 })).settle({ tokens, nanos: 0 });
    };
    await spend(0, 30);
    await spend(1, 30);
    proxy.cut();
    await spend(0, 20);
    await spend(1, 20);
    proxy.restore();
    const refused = async (which: 0 | 1): Promise<boolean> =>
      spend(which, 0).then(
        () => false,
        () => true,
      );
    for (const [which, tokens] of [20, 20].entries())
      books.pending.push({ instance: which, client: spender.id, period: periodOf('month', Date.now()), amount: { tokens: tokens + 30, nanos: 0 } });
    books.write(0);
    books.write(1);
    await eventually(async () => (await refused(0)) && (await refused(1)), 5000);
    for (const each of budgets) each.onApplicationShutdown();
  });
});
