import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { call } from './support/boot.js';
import { testStores } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { MockVendor } from './support/mock-vendor.js';
import { ownPostgres } from './support/own-servers.js';
import { Receiver } from './support/receiver.js';
import { type SpawnedGateway, spawnGateway } from './support/spawn-gateway.js';

const JOBS = 1000;
const answer = { id: 'c', object: 'chat.completion', created: 1, model: 'gpt-mock', choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }] };
const clients = { many: { key: 'many' }, one: { key: 'one' }, other: { key: 'other' } };
const shared = { SHELLM_KEY_SECRET: 'k'.repeat(32), SHELLM_WEBHOOK_SECRET: 'w'.repeat(32) };
const stores = await testStores();

/** The built gateway, with a receiver on loopback that it may call back. */
async function withGateways(
  work: (start: (environment?: Record<string, string>) => Promise<SpawnedGateway>, receiver: Receiver, vendor: MockVendor) => Promise<void>,
): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'jobs-'));
  const config = join(dataDir, 'callbacks.yaml');
  writeFileSync(config, 'callbacks: { allow: ["127.0.0.1"] }\n');
  const [vendor, receiver] = await Promise.all([MockVendor.start(), Receiver.start()]);
  const gateways: SpawnedGateway[] = [];
  const start = async (environment: Record<string, string> = {}): Promise<SpawnedGateway> => {
    const vendors = { SHELLM_PROVIDERS: 'openai,demo', OPENAI_API_KEY: 'k', OPENAI_BASE_URL: `${vendor.url}/v1` };
    const gateway = await spawnGateway({ SHELLM_DATA_DIR: dataDir, SHELLM_CONFIG: config, SHELLM_CLIENTS: JSON.stringify(clients), ...vendors, ...environment });
    gateways.push(gateway);
    return gateway;
  };
  try {
    await work(start, receiver, vendor);
  } finally {
    await Promise.all(gateways.map((gateway) => gateway.dispose()));
    await receiver.close();
    await vendor.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const send = (url: string, key: string, body: object): ReturnType<typeof call> =>
  call(`${url}/v1/chat/completions`, { body: { messages: [{ role: 'user', content: 'Hello there' }], ...body }, headers: { authorization: `Bearer ${key}` } });
const idsTold = (receiver: Receiver, path: string): Set<string> => new Set(receiver.to(path).map(({ headers }) => String(headers['webhook-id'])));

describe.each(stores)('a thousand jobs at once, over $name', (store) => {
  it('are all made and told, and nobody else notices', async () => {
    const database = await store.make();
    await withGateways(async (start, receiver) => {
      const { url } = await start(database.url === undefined ? {} : { DATABASE_URL: database.url, ...shared });
      const turn = async (): Promise<number> => {
        const began = performance.now();
        expect((await send(url, 'one', { model: 'demo', messages: [{ role: 'user', content: '[[demo words=10 delay=20]]' }] })).status).toBe(200);
        return performance.now() - began;
      };
      const alone: number[] = [];
      for (let index = 0; index < 20; index += 1) alone.push(await turn());
      const job = { model: 'demo', callback_url: `${receiver.url}/many`, messages: [{ role: 'user', content: '[[demo words=5 delay=20]]' }] };
      const began = performance.now();
      const accepted = await Promise.all(Array.from({ length: JOBS }, () => send(url, 'many', job)));
      expect(new Set(accepted.map(({ status }) => status))).toEqual(new Set([202]));
      const acceptedMs = performance.now() - began;
      expect((await send(url, 'many', job)).body.error?.code ?? 'accepted').toMatch(/queue_full|accepted/);
      const beside: number[] = [];
      for (let index = 0; index < 20; index += 1) beside.push(await turn());
      // Another client's job does not wait for the thousand.
      const { body } = await send(url, 'other', { ...job, callback_url: `${receiver.url}/other` });
      await eventually(() => idsTold(receiver, '/other').has(body.id as string), 20_000);
      const before = idsTold(receiver, '/many').size;
      await eventually(() => idsTold(receiver, '/many').size >= JOBS, 400_000);
      const [middle, most] = [alone, beside].map((times) => times.sort((a, b) => a - b)[10] ?? 0);
      process.stderr.write(
        `${store.name}: ${JOBS} jobs accepted in ${Math.round(acceptedMs)} ms, told after ${Math.round((performance.now() - began) / 1000)} s; a turn took ${Math.round(middle ?? 0)} ms alone, ${Math.round(most ?? 0)} ms beside them; the other client's job was told after ${before} of them\n`,
      );
      expect(before).toBeLessThan(JOBS / 2);
    });
    await database.remove();
  }, 500_000);
});

describe('jobs that are cut off', () => {
  it('fail when they have been so three times', async () => {
    await withGateways(async (start, receiver, vendor) => {
      let gateway = await start();
      vendor.answer(() => new Promise(() => undefined));
      const { body } = await send(gateway.url, 'many', { model: 'openai/gpt-mock', callback_url: `${receiver.url}/cut` });
      for (let tries = 1; tries <= 3; tries += 1) {
        await eventually(() => vendor.requests.length === tries, 20_000);
        gateway.process.kill('SIGKILL');
        await gateway.exited;
        gateway = await start();
      }
      await eventually(() => receiver.to('/cut').length === 1, 20_000);
      expect(JSON.parse(receiver.to('/cut')[0]?.body ?? '{}')).toMatchObject({ id: body.id, status: 'failed', error: { code: 'internal_error' } });
      expect(vendor.requests).toHaveLength(3);
    });
  }, 120_000);

  (stores.length > 1 ? it : it.skip)(
    'are gone on with by another instance within half a minute',
    async () => {
      const database = await stores[1]!.make();
      await withGateways(async (start, receiver, vendor) => {
        const environment = { DATABASE_URL: database.url ?? '', ...shared };
        const dying = await start(environment);
        vendor.answer(() => new Promise(() => undefined));
        const { body } = await send(dying.url, 'many', { model: 'openai/gpt-mock', callback_url: `${receiver.url}/taken-over` });
        await eventually(() => vendor.requests.length === 1, 20_000);
        const folder = mkdtempSync(join(tmpdir(), 'jobs-other-'));
        await start({ ...environment, SHELLM_DATA_DIR: folder });
        vendor.json(200, answer);
        dying.process.kill('SIGKILL');
        const began = performance.now();
        await eventually(() => receiver.to('/taken-over').length === 1, 60_000);
        const seconds = (performance.now() - began) / 1000;
        process.stderr.write(`another instance told the job after ${seconds.toFixed(1)} s\n`);
        expect(seconds).toBeLessThan(30);
        expect([...idsTold(receiver, '/taken-over')]).toEqual([body.id]);
        rmSync(folder, { recursive: true, force: true });
      });
      await database.remove();
    },
    120_000,
  );

  it('lose nothing where PostgreSQL is away when they end, and when they are told', async () => {
    const postgres = await ownPostgres();
    if (!postgres) return;
    await withGateways(async (start, receiver, vendor) => {
      const gateway = await start({ DATABASE_URL: postgres.url, ...shared });
      let finish: (() => void) | undefined;
      vendor.answer(
        (response) =>
          new Promise((resolve) => {
            finish = () => {
              response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
              resolve();
            };
          }),
      );
      const { body: made } = await send(gateway.url, 'many', { model: 'openai/gpt-mock', callback_url: `${receiver.url}/made` });
      await eventually(() => finish !== undefined, 20_000);
      let take: (() => void) | undefined;
      receiver.answer = (response) => (take = () => response.writeHead(204).end());
      const { body: told } = await send(gateway.url, 'many', { model: 'demo', callback_url: `${receiver.url}/told` });
      await eventually(() => take !== undefined, 20_000);
      await postgres.stop();
      finish?.();
      take?.();
      receiver.answer = (response) => response.writeHead(204).end();
      await sleep(8000);
      const warnings = gateway
        .output()
        .split('\n')
        .filter((line) => /"level":"(warn|error)"/.test(line))
        .map((line) => (JSON.parse(line) as { msg: string }).msg)
        .filter((message) => /queue|job|callback|response/.test(message));
      expect(warnings).toEqual([]); // storage says that it is away
      await postgres.start();
      for (const { id } of [made, told] as { id: string }[]) {
        await eventually(async () => (await call(`${gateway.url}/jobs/${id}`, { headers: { authorization: 'Bearer many' } })).body.delivery?.state === 'delivered', 60_000);
      }
      expect(vendor.requests).toHaveLength(1);
      expect([idsTold(receiver, '/made'), idsTold(receiver, '/told')]).toEqual([new Set([made.id]), new Set([told.id])]);
    });
    await postgres.remove();
  }, 180_000);
});
