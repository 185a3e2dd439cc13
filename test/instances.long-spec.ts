import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { call } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { type MockOpenAi, startMockOpenAI } from './support/mock-openai.mjs';
import { type OwnServer, ownPostgres, ownRedis } from './support/own-servers.js';
import { spawnGateway, type SpawnedGateway } from './support/spawn-gateway.js';
import { silentLog } from '../src/observability/log.js';
import { Storage } from '../src/storage/storage.js';

const servers = { postgres: await ownPostgres(), redis: await ownRedis() };
const here = servers.postgres !== undefined && servers.redis !== undefined;
const BUDGET = 3000;

type Told = Awaited<ReturnType<typeof call>>;

(here ? describe : describe.skip).each([2, 4])('%i instances on one PostgreSQL and one Redis', (count) => {
  jest.setTimeout(300_000);
  let postgres: NonNullable<typeof servers.postgres>;
  let redis: OwnServer;
  let vendor: MockOpenAi;
  let receiver: Server;
  let callback: string;
  const delivered: { readonly webhookId: string; readonly job: string; readonly status: string }[] = [];
  let gateways: SpawnedGateway[];
  let config: string;
  let database: string;
  beforeAll(async () => {
    postgres = servers.postgres!;
    redis = servers.redis!;
    await redis.stop(); // what it had counted before is gone
    await Promise.all([postgres.start(), redis.start()]);
    database = await postgres.database();
    vendor = await startMockOpenAI();
    receiver = createServer((request, response) => {
      let text = '';
      request.on('data', (piece: Buffer) => (text += piece.toString()));
      request.on('end', () => {
        const { id, status } = JSON.parse(text) as { id: string; status: string };
        delivered.push({ webhookId: String(request.headers['webhook-id']), job: id, status });
        response.end();
      });
    }).listen(0, '127.0.0.1');
    await new Promise((listening) => receiver.once('listening', listening));
    callback = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    config = mkdtempSync(join(tmpdir(), 'instances-'));
    writeFileSync(join(config, 'shellm.config.yaml'), 'callbacks: { allow: ["127.0.0.1/32"] }\nprices: { "openai/*": { input: 1, output: 2 } }\n');
    const clients = {
      limited: { key: 'limited-key', rpm: 100 },
      thrifty: { key: 'thrifty-key', rpm: 0, budget: { tokens: BUDGET, period: 'day' } },
      free: { key: 'free-key', rpm: 0, scopes: ['completions', 'admin'] },
    };
    const environment = {
      DATABASE_URL: database,
      REDIS_URL: redis.url,
      SHELLM_CONFIG: join(config, 'shellm.config.yaml'),
      SHELLM_KEY_SECRET: 'a-secret-of-all-instances-of-the-test',
      SHELLM_WEBHOOK_SECRET: 'whsec_YW5vdGhlci1zZWNyZXQtb2YtYWxsLWluc3RhbmNlcw==',
      SHELLM_CLIENTS: JSON.stringify(clients),
      SHELLM_PROVIDERS: 'demo,openai',
      SHELLM_MAX_CONCURRENT: '8',
      SHELLM_QUEUE_DEPTH: '100',
      OPENAI_API_KEY: 'sk-mock',
      OPENAI_BASE_URL: `${vendor.url}/v1`,
    };
    gateways = await Promise.all(Array.from({ length: count }, () => spawnGateway(environment)));
  });
  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.dispose()));
    receiver.close();
    await vendor.close();
    rmSync(config, { recursive: true });
    if (count === 4) await Promise.all([postgres.remove(), redis.remove()]);
  });

  const of = (which: number): SpawnedGateway => gateways[which % gateways.length]!;
  const ask = (which: number, key: string, body: object, headers: Record<string, string> = {}): Promise<Told> =>
    call(`${of(which).url}/v1/chat/completions`, { body, headers: { authorization: `Bearer ${key}`, ...headers } });
  const said = (content: string): object => ({ model: 'openai/gpt-5.5', messages: [{ role: 'user', content }] });
  const rows = async (): Promise<
    readonly { request_id: string | null; client_name: string; prompt_tokens: number; completion_tokens: number; estimated: number; status: number }[]
  > => {
    const storage = await Storage.open(database, config, silentLog);
    const found = await storage.db.selectFrom('usage').select(['request_id', 'client_name', 'prompt_tokens', 'completion_tokens', 'estimated', 'status']).execute();
    await storage.onApplicationShutdown();
    return found;
  };

  it('keep one limit, to the request', async () => {
    const told = await Promise.all(Array.from({ length: 300 }, (_, index) => ask(index, 'limited-key', said('hi'))));
    expect(told.filter(({ status }) => status === 200).length).toBe(100);
    expect(new Set(told.map(({ status }) => status))).toEqual(new Set([200, 429]));
  });

  it('keep one budget: overshot by what was under way at most, and then never', async () => {
    let [spent, largest] = [0, 0];
    const client = async (which: number): Promise<void> => {
      for (let index = 0; index < 60; index += 1) {
        const told = await ask(which, 'thrifty-key', { ...said(`tell me ${which} ${index}`), max_tokens: 50 });
        if (told.status === 429) {
          expect(told.body.error.code).toBe('budget_exceeded');
          expect(Number(told.headers.get('retry-after'))).toBeGreaterThan(0);
          return;
        }
        expect(told.status).toBe(200);
        const tokens = told.body.usage.total_tokens as number;
        spent += tokens;
        largest = Math.max(largest, tokens);
      }
    };
    const clients = 16;
    await Promise.all(Array.from({ length: clients }, (_, which) => client(which)));
    expect(spent).toBeGreaterThanOrEqual(BUDGET - clients * (50 + largest));
    expect(spent).toBeLessThanOrEqual(BUDGET + clients * largest);
    for (let which = 0; which < count; which += 1) {
      await eventually(async () => (await ask(which, 'thrifty-key', said('more'))).status === 429, 10_000);
    }
  });

  it('share the cache: what one was told another one knows, and equal questions at once are one', async () => {
    const question = { ...said(`cached ${randomUUID()}`), cache: 60 };
    const before = vendor.requests.length;
    const told = await Promise.all(Array.from({ length: 4 * count }, (_, which) => ask(which, 'free-key', question)));
    expect(new Set(told.map(({ status }) => status))).toEqual(new Set([200]));
    expect(vendor.requests.length - before).toBe(1);
    expect(told.map(({ headers }) => headers.get('x-shellm-cache')).sort()).toEqual([...Array.from({ length: 4 * count - 1 }, () => 'hit'), 'miss']);
  });

  it('take over the jobs of one that is killed', async () => {
    const body = { provider: 'demo', prompt: '[[demo words=100 delay=100]]', callback_url: callback };
    const accepted = await Promise.all(Array.from({ length: 6 }, (_, which) => call(`${of(which).url}/completions`, { body, headers: { authorization: 'Bearer free-key' } })));
    expect(accepted.map(({ status }) => status)).toEqual(accepted.map(() => 202));
    const ids = accepted.map(({ body: job }) => job.id as string);
    await sleep(3000);
    const [killed] = gateways.splice(0, 1);
    killed?.process.kill('SIGKILL');
    await killed?.exited;
    await eventually(() => ids.every((id) => delivered.some(({ job, status }) => job === id && status === 'succeeded')), 120_000);
    for (const id of ids) expect(new Set(delivered.filter(({ job }) => job === id).map(({ webhookId }) => webhookId)).size).toBe(1);
    await killed?.dispose();
  });

  it('go on while Redis and PostgreSQL go away and come back, and their ledger is what the vendor counted', async () => {
    let running = true;
    const answered = new Map<string, { readonly prompt: number; readonly completion: number }>();
    const failures: unknown[] = [];
    const load = Array.from({ length: 16 }, async (_, which) => {
      while (running) {
        const id = randomUUID();
        const told = await ask(which, 'free-key', said(`load ${id}`), { 'x-request-id': id }).catch((error: unknown) => ({ status: 0, body: error }) as unknown as Told);
        if (told.status === 200) answered.set(id, { prompt: told.body.usage.prompt_tokens, completion: told.body.usage.completion_tokens });
        else failures.push([told.status, told.body]);
        await sleep(20);
      }
    });
    const session = (await ask(0, 'free-key', said('a session'), { 'x-shellm-session-id': 'new' })).headers.get('x-shellm-session-id')!;
    const turn = async (which: number): Promise<number> => (await ask(which, 'free-key', said('again'), { 'x-shellm-session-id': session })).status;
    await sleep(2000);
    await redis.stop();
    await sleep(3000);
    await redis.start();
    await sleep(2000);
    await postgres.stop();
    await sleep(1000);
    expect(await turn(1)).toBe(503);
    await sleep(3000);
    await postgres.start();
    await eventually(async () => (await turn(1)) === 200, 30_000);
    expect(await turn(2)).toBe(200);
    await sleep(3000);
    running = false;
    await Promise.all(load);
    expect([failures, gateways.map(({ process: { exitCode, signalCode } }) => exitCode ?? signalCode)]).toEqual([[], gateways.map(() => null)]);
    await eventually(async () => {
      const ids = new Set((await rows()).map(({ request_id: id }) => id));
      return [...answered.keys()].every((id) => ids.has(id));
    }, 60_000);
    const byId = new Map((await rows()).map((row) => [row.request_id ?? '', row]));
    for (const [id, { prompt, completion }] of answered) {
      const row = byId.get(id);
      expect([row?.prompt_tokens, row?.completion_tokens, row?.estimated]).toEqual([prompt, completion, 0]);
    }
    process.stdout.write(`${count} instances: ${answered.size} answered during the outages\n`);
  });
});
