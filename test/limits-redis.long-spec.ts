import { afterAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { call } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { testRedis } from './support/redis.js';
import { spawnGateway, type SpawnedGateway } from './support/spawn-gateway.js';

const url = await testRedis();

(url === undefined ? describe.skip : describe)('a gateway that is killed', () => {
  const gateways: SpawnedGateway[] = [];
  afterAll(() => Promise.all(gateways.map((gateway) => gateway.dispose())));

  it('gives back the places of its requests to the others when its leases end, and not before', async () => {
    const key = `t-${randomUUID()}`;
    const environment = { SHELLM_CLIENTS: JSON.stringify({ [key]: { key, max_concurrent: 2 } }), REDIS_URL: url ?? '', SHELLM_MAX_CONCURRENT: '4' };
    for (let count = 0; count < 2; count += 1) gateways.push(await spawnGateway(environment));
    const [killed, other] = gateways as [SpawnedGateway, SpawnedGateway];
    const ask = (gateway: SpawnedGateway, content: string, stream: boolean): Promise<Response> =>
      fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify({ model: 'demo', stream, messages: [{ role: 'user', content }] }),
      });
    const slow = '[[demo words=2000 delay=100]]';
    for (let count = 0; count < 2; count += 1) {
      const answer = await ask(killed, slow, true);
      expect(answer.status).toBe(200);
      // One that nobody reads is given up.
      void answer.text().catch(() => undefined);
    }
    const since = performance.now();
    // Longer than a lease: they are renewed.
    while (performance.now() < since + 40_000) {
      expect((await ask(other, 'hi', false)).status).toBe(429);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    killed.process.kill('SIGKILL');
    await killed.exited;
    expect((await ask(other, 'hi', false)).status).toBe(429);
    await eventually(async () => (await ask(other, 'hi', false)).status === 200, 40_000);
    expect((await call(`${other.url}/health`)).status).toBe(200);
  }, 150_000);
});
