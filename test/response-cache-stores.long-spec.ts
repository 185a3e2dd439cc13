import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { testStores } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { chunkFrame, MockVendor } from './support/mock-vendor.js';
import { redisProxy, type RedisProxy, testRedis } from './support/redis.js';
import { openClient } from '../src/auth/client.js';
import { routeHintsOf } from '../src/completion/route-hints.js';
import { OperationRunner } from '../src/runs/operations/operation-runner.js';
import { UsageLedger } from '../src/usage/usage-ledger.js';
import { Storage } from '../src/storage/storage.js';

type Answer = Awaited<ReturnType<typeof call>>;

const cacheOf = ({ headers }: Answer): string | null => headers.get('x-shellm-cache');
const redis = await testRedis();

let vendor: MockVendor;
let gateways: Gateway[];
let question: string;
beforeAll(async () => {
  vendor = await MockVendor.start();
});
beforeEach(() => {
  gateways = [];
  question = randomUUID();
  tell(randomUUID);
});
afterEach(() => Promise.all(gateways.map((gateway) => gateway.close())));
afterAll(() => vendor.close());

/** What the vendor says from now on, after so many milliseconds. */
const tell = (text: () => string, delay = 0): void => {
  vendor.answer((response) => {
    setTimeout(() => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end([chunkFrame({ content: text() }), chunkFrame({}, 'stop'), 'data: [DONE]\n\n'].join(''));
    }, delay);
  });
};
const boot = async (environment: Record<string, string>): Promise<Gateway> => {
  const gateway = await bootGateway({ OPENAI_API_KEY: 'sk-x', OPENAI_BASE_URL: `${vendor.url}/v1`, SHELLM_PROVIDERS: 'demo,openai', ...environment });
  gateways.push(gateway);
  return gateway;
};
const ask = ({ url }: Gateway, more: object = {}): Promise<Answer> => call(`${url}/completions`, { body: { prompt: question, model: 'openai/gpt-mock', ...more } });

describe('the response cache of one gateway', () => {
  it('is the default for all where the operator says so, of a request alone that does not say otherwise', async () => {
    const gateway = await boot({ SHELLM_CACHE_TTL_S: '60' });
    const answers = [await ask(gateway), await ask(gateway), await ask(gateway, { cache: false }), await ask(gateway, { cache: true }), await ask(gateway, { cache: null })];
    expect([...answers.map(cacheOf), vendor.requests.length]).toEqual(['miss', 'hit', null, 'hit', 'hit', 2]);
    const embeddings = await call(`${gateway.url}/v1/messages`, { body: { model: 'demo', max_tokens: 50, messages: [{ role: 'user', content: 'hi' }] } });
    expect([embeddings.status, cacheOf(embeddings)]).toEqual([200, null]);
  });

  it('writes a hit down as one, without a token', async () => {
    const gateway = await boot({});
    for (const cache of [60, 60, 0]) await ask(gateway, { cache });
    await gateway.app.get(UsageLedger, { strict: false }).flush();
    const rows = await gateway.app
      .get(Storage, { strict: false })
      .db.selectFrom('usage')
      .select(['cache', 'status', 'prompt_tokens', 'completion_tokens', 'provider'])
      .orderBy('started_at')
      .execute();
    expect(rows.map(({ cache, status, provider }) => [cache, status, provider])).toEqual(['miss', 'hit', null].map((cache) => [cache, 200, 'openai']));
    expect(rows.map(({ prompt_tokens: asked, completion_tokens: said }) => asked + said > 0)).toEqual([true, false, true]);
  });

  it('tells what the provider ignored on a hit too, and serves without a turn slot', async () => {
    const gateway = await boot({ SHELLM_MAX_CONCURRENT: '1', SHELLM_QUEUE_DEPTH: '0' });
    const demo = (more: object): Promise<Answer> => ask(gateway, { model: 'demo', cache: 60, temperature: 0.5, ...more });
    const first = await demo({});
    const abort = new AbortController();
    const busy = fetch(`${gateway.url}/completions/stream`, {
      method: 'POST',
      signal: abort.signal,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'demo', prompt: '[[demo words=200 delay=100]]' }),
    });
    expect((await busy).status).toBe(200);
    expect((await demo({ prompt: 'another' })).body.error.code).toBe('queue_full');
    const second = await demo({});
    abort.abort();
    expect([second, first].map((answer) => [answer.status, cacheOf(answer), answer.headers.get('x-shellm-ignored-params')])).toEqual([
      [200, 'hit', 'temperature'],
      [200, 'miss', 'temperature'],
    ]);
    expect(second.body.content).toBe(first.body.content);
  });

  it('serves requests that are run later, and those serve others', async () => {
    const gateway = await boot({});
    const runner = gateway.app.get(OperationRunner);
    const body = { prompt: question, model: 'openai/gpt-mock', cache: 60 };
    const later = async (): Promise<{ cached: boolean; content: string }> => {
      const { body: answer } = await runner.run({ endpoint: '/completions', body, route: routeHintsOf({}, body).route }, openClient, new AbortController().signal);
      return answer as { cached: boolean; content: string };
    };
    const [first, second, third] = [await later(), await later(), await ask(gateway, { cache: 60 })];
    expect([first.cached, second.cached, cacheOf(third), vendor.requests.length]).toEqual([false, true, 'hit', 1]);
    expect([second.content, third.body.content]).toEqual([first.content, first.content]);
  });

  it('asks nothing of a budget for a hit', async () => {
    const gateway = await boot({ SHELLM_CLIENTS: JSON.stringify({ one: { key: 'one', budget: { tokens: 30, period: 'month' } } }) });
    const headers = { authorization: 'Bearer one' };
    const paid = (more: object = {}): Promise<Answer> => call(`${gateway.url}/completions`, { body: { prompt: 'hi', model: 'demo', cache: 60, ...more }, headers });
    expect(cacheOf(await paid())).toBe('miss');
    await eventually(async () => (await paid({ cache: false })).body.error?.code === 'budget_exceeded');
    expect([(await paid({ prompt: 'other' })).body.error.code, cacheOf(await paid()), cacheOf(await paid())]).toEqual(['budget_exceeded', 'hit', 'hit']);
  });

  it('does not grow over its bound, whatever is asked', async () => {
    const gateway = await boot({ SHELLM_CACHE_MB: '1' });
    const long = 'x'.repeat(100_000);
    tell(() => long);
    for (let index = 0; index < 20; index += 1) expect(cacheOf(await ask(gateway, { cache: 60, seed: index }))).toBe('miss');
    const again = [];
    for (let index = 19; index >= 0; index -= 1) again.push(cacheOf(await ask(gateway, { cache: 60, seed: index })));
    // Ten of them fit, and those that were asked for last are there.
    expect(again.slice(0, 10).every((cache) => cache === 'hit')).toBe(true);
    expect(again.slice(10).every((cache) => cache === 'miss')).toBe(true);
  });

  it.each([
    ['SHELLM_CACHE_STORE', 'redis', 'needs REDIS_URL'],
    ['SHELLM_CACHE_STORE', 'disk', 'must be memory, database or redis'],
    ['SHELLM_CACHE_TTL_S', '-1', 'must not be less than 0'],
    ['SHELLM_CACHE_TTL_S', '2592001', 'must not be greater than 2592000'],
    ['SHELLM_CACHE_MB', '0', 'must not be less than 1'],
  ])('does not start with %s=%s', async (variable, value, why) => {
    await expect(boot({ [variable]: value })).rejects.toThrow(why);
  });
});

describe.each(await testStores())('the response cache in $name', (kind) => {
  it('outlives the gateway; a provider that is switched off stays off', async () => {
    const database = await kind.make();
    const dataDir = await mkdtemp(join(tmpdir(), 'cache-'));
    const environment = {
      SHELLM_DATA_DIR: dataDir,
      SHELLM_CACHE_STORE: 'database',
      ...(database.url === undefined ? {} : { DATABASE_URL: database.url, SHELLM_KEY_SECRET: 'x'.repeat(32), SHELLM_WEBHOOK_SECRET: `whsec_${'x'.repeat(32)}` }),
    };
    const first = await ask(await boot(environment), { cache: 60 });
    await eventually(async () => cacheOf(await ask(gateways[0]!, { cache: 60 })) === 'hit');
    await gateways.pop()?.close();
    const second = await ask(await boot(environment), { cache: 60 });
    expect([cacheOf(second), second.body.content, vendor.requests.length]).toEqual(['hit', first.body.content, 1]);
    await gateways.pop()?.close();
    const third = await ask(await boot({ ...environment, SHELLM_PROVIDERS: 'demo' }), { cache: 60 });
    expect(third.body.error.code).toBe('provider_unavailable');
    await gateways.pop()?.close();
    await rm(dataDir, { recursive: true });
    await database.remove();
  });
});

(redis === undefined ? describe.skip : describe)('the response cache of two gateways on one Redis', () => {
  let proxy: RedisProxy;
  beforeEach(async () => {
    proxy = await redisProxy(redis ?? '');
  });
  afterEach(() => proxy.close());

  it('is one: what one made the other has, and at once it is made once', async () => {
    const [one, other] = [await boot({ REDIS_URL: proxy.url }), await boot({ REDIS_URL: proxy.url })];
    tell(() => 'once', 300);
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => ask(index % 2 === 0 ? one : other, { cache: 60 })));
    expect([vendor.requests.length, answers.filter((answer) => cacheOf(answer) === 'hit').length]).toEqual([1, 49]);
    expect(new Set(answers.map(({ body }) => String(body.content)))).toEqual(new Set(['once']));
    expect([cacheOf(await ask(one, { cache: 60 })), cacheOf(await ask(other, { cache: 60 }))]).toEqual(['hit', 'hit']);
  });

  it.each(['cut', 'silence'] as const)('serves without Redis after a %s, and with it again', async (failure) => {
    const gateway = await boot({ REDIS_URL: proxy.url });
    expect([cacheOf(await ask(gateway, { cache: 60 })), cacheOf(await ask(gateway, { cache: 60 }))]).toEqual(['miss', 'hit']);
    proxy[failure]();
    // One that was still being written is there for as long as that is tried.
    await eventually(async () => cacheOf(await ask(gateway, { cache: 60 })) === 'miss');
    tell(randomUUID, 300);
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(gateway, { cache: 60, seed: 1 })));
    expect([vendor.requests.length, new Set(answers.map(({ status }) => status))]).toEqual([1, new Set([200])]);
    proxy.restore();
    await eventually(async () => cacheOf(await ask(gateway, { cache: 60 })) === 'hit', 10_000);
  });
});
