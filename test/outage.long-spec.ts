import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { ownPostgres, ownRedis } from './support/own-servers.js';

const postgres = await ownPostgres();
const redis = await ownRedis();

(postgres ? describe : describe.skip)('a gateway whose PostgreSQL goes away and comes back', () => {
  const database = postgres!;
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await bootGateway({
      DATABASE_URL: database.url,
      SHELLM_KEY_SECRET: 'k'.repeat(32),
      SHELLM_WEBHOOK_SECRET: 'w'.repeat(32),
      SHELLM_CLIENTS: '{"app": {"key": "app-key"}}',
      SHELLM_CACHE_STORE: 'database',
    });
  });
  afterEach(() => database.start());
  afterAll(async () => {
    await gateway.close();
    await database.remove();
  });

  type Answer = Awaited<ReturnType<typeof call>>;
  const headers = { authorization: 'Bearer app-key' };
  const chat = (more: Record<string, string> = {}): Promise<Answer> =>
    call(`${gateway.url}/v1/chat/completions`, { body: { model: 'demo', messages: [{ role: 'user', content: 'hi' }] }, headers: { ...headers, ...more } });

  it('goes on with what needs nothing stored, and says 503 of the rest until it is back', async () => {
    const opened = await chat({ 'x-shellm-session-id': 'new' });
    const id = opened.headers.get('x-shellm-session-id')!;
    const response = await call(`${gateway.url}/v1/responses`, { body: { model: 'demo', input: 'hi' }, headers });
    expect([opened.status, response.status]).toEqual([200, 200]);
    const cached = async (): Promise<[number, string | null]> => {
      const { status, headers: told } = await call(`${gateway.url}/completions`, { body: { model: 'demo', prompt: 'hi', cache: 600 }, headers });
      return [status, told.get('x-shellm-cache')];
    };
    await cached();
    await eventually(async () => (await cached())[1] === 'hit');
    await database.stop();
    expect((await chat()).status).toBe(200);
    expect([await cached(), await cached()]).toEqual(Array(2).fill([200, 'miss']));
    expect((await call(`${gateway.url}/v1/responses`, { body: { model: 'demo', input: 'hi', store: false }, headers })).status).toBe(200);
    expect((await call(`${gateway.url}/health`)).status).toBe(200);
    const stored = [
      await chat({ 'x-shellm-session-id': id }),
      await chat({ 'x-shellm-session-id': 'new' }),
      await chat({ 'idempotency-key': 'once' }),
      await call(`${gateway.url}/sessions`, { headers }),
      await call(`${gateway.url}/v1/responses/${response.body.id}`, { headers }),
      await call(`${gateway.url}/v1/responses`, { body: { model: 'demo', input: 'hi' }, headers }),
    ];
    for (const { status, body, headers: told } of stored) {
      expect([status, body.error.code, told.get('retry-after')]).toEqual([503, 'provider_unavailable', '5']);
      expect(body.error.message).toBe("The gateway's database does not answer.");
    }
    await database.start();
    await eventually(async () => (await call(`${gateway.url}/sessions`, { headers })).status === 200, 20_000);
    await eventually(async () => (await cached())[1] === 'hit');
    const again = await chat({ 'x-shellm-session-id': id });
    expect(again.status).toBe(200);
    const { body } = await call(`${gateway.url}/sessions`, { headers });
    expect(body.data).toEqual([expect.objectContaining({ id, turns: 2 })]);
    expect((await call(`${gateway.url}/v1/responses/${response.body.id}`, { headers })).body.status).toBe('completed');
    expect((await chat({ 'idempotency-key': 'once' })).status).toBe(200);
  }, 60_000);
});

(redis ? describe : describe.skip)('two gateways whose Redis goes away and comes back', () => {
  const server = redis!;
  let gateways: Gateway[];
  beforeAll(async () => {
    const environment = { REDIS_URL: server.url, SHELLM_CLIENTS: '{"app": {"key": "app-key", "rpm": 100}}' };
    gateways = await Promise.all([bootGateway(environment), bootGateway(environment)]);
  });
  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.close()));
    await server.remove();
  });

  const left = async (which: number): Promise<number> => {
    const { status, headers } = await call(`${gateways[which]?.url}/v1/chat/completions`, {
      body: { model: 'demo', messages: [{ role: 'user', content: 'hi' }] },
      headers: { authorization: 'Bearer app-key' },
    });
    expect(status).toBe(200);
    return Number(headers.get('x-ratelimit-remaining-requests'));
  };

  it('serve all the while, each with its own limit, and share one again, empty as Redis is', async () => {
    expect([await left(0), await left(1), await left(0)]).toEqual([99, 98, 97]);
    await server.stop();
    expect([await left(0), await left(1)]).toEqual([97, 98]);
    await server.start();
    await eventually(async () => {
      const [here, there] = [await left(0), await left(1)];
      return there === here - 1;
    }, 20_000);
  }, 60_000);
});
