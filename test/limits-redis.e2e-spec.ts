import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { redisProxy, type RedisProxy, testRedis } from './support/redis.js';

const url = await testRedis();

(url === undefined ? describe.skip : describe)('two gateways on one Redis', () => {
  let proxy: RedisProxy;
  let gateways: Gateway[] = [];
  let name: string;
  beforeAll(async () => {
    proxy = await redisProxy(url ?? '');
  });
  beforeEach(() => {
    name = `t-${randomUUID()}`;
  });
  afterEach(async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()));
    gateways = [];
    proxy.restore();
  });
  afterAll(() => proxy.close());

  const boot = async (limits: object): Promise<void> => {
    const environment = { SHELLM_CLIENTS: JSON.stringify({ [name]: { key: name, ...limits } }), REDIS_URL: proxy.url, SHELLM_MAX_CONCURRENT: '4' };
    gateways = await Promise.all([bootGateway(environment), bootGateway(environment)]);
  };
  type Answer = Awaited<ReturnType<typeof call>>;
  const headers = (): Record<string, string> => ({ authorization: `Bearer ${name}` });
  const models = (which: number): Promise<Answer> => call(`${gateways[which]?.url}/v1/models`, { headers: headers() });
  const chat = (which: number): Promise<Answer> =>
    call(`${gateways[which]?.url}/v1/chat/completions`, { headers: headers(), body: { model: 'demo', messages: [{ role: 'user', content: 'hi' }] } });
  const remaining = (answer: Answer): number => Number(answer.headers.get('x-ratelimit-remaining-requests'));
  const long = async (which: number, abort: AbortController): Promise<number> => {
    const answer = await fetch(`${gateways[which]?.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers() },
      body: JSON.stringify({ model: 'demo', stream: true, messages: [{ role: 'user', content: '[[demo words=200 delay=100]]' }] }),
      signal: abort.signal,
    });
    // One that nobody reads is given up.
    void answer.text().catch(() => undefined);
    return answer.status;
  };

  it('keep one limit, to the request', async () => {
    await boot({ rpm: 100 });
    const answers = await Promise.all([0, 1].flatMap((which) => Array.from({ length: 200 }, () => models(which))));
    const served = answers.filter(({ status }) => status === 200);
    expect(served.map(remaining).sort((one, other) => one - other)).toEqual(Array.from({ length: 100 }, (_, left) => left));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBe(300);
    for (const answer of refused) {
      expect(answer.body.error.code).toBe('rate_limit_exceeded');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(40);
      expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    }
  });

  it('go on alone while Redis is away, from what each has let in, and share again when it is back', async () => {
    await boot({ rpm: 20 });
    for (let count = 0; count < 5; count += 1) expect((await models(0)).status).toBe(200);
    expect(remaining(await models(1))).toBe(14);
    proxy.cut();
    const alone = [remaining(await models(0)), remaining(await models(1))];
    expect(alone).toEqual([14, 18]);
    proxy.restore();
    await eventually(async () => {
      const [here, there] = [remaining(await models(0)), remaining(await models(1))];
      return there === here - 1;
    }, 10_000);
    await eventually(async () => (await models(0)).status === 429 && (await models(1)).status === 429, 10_000);
  });

  it('start without Redis, and serve', async () => {
    proxy.cut();
    await boot({ rpm: 20, max_concurrent: 1 });
    expect((await chat(0)).status).toBe(200);
    expect(remaining(await models(0))).toBe(18);
  });

  it('answer a request at once where Redis says no word', async () => {
    await boot({ rpm: 20 });
    await models(0);
    proxy.silence();
    expect((await models(0)).status).toBe(200);
    expect(remaining(await models(0))).toBe(17);
  });

  it('answer so many requests of a key at once, both together', async () => {
    await boot({ max_concurrent: 2 });
    const left = new AbortController();
    expect(await Promise.all([long(0, left), long(1, left)])).toEqual([200, 200]);
    for (const which of [0, 1]) expect((await chat(which)).body.error.code).toBe('concurrency_limit_exceeded');
    left.abort();
    await eventually(async () => (await chat(0)).status === 200, 5000);
    await eventually(async () => (await chat(1)).status === 200, 5000);
  });
});
