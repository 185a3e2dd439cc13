import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { call } from './support/boot.js';
import { testStores, type TestDatabase } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { type MockOpenAi, startMockOpenAI } from './support/mock-openai.mjs';
import { spawnGateway, type SpawnedGateway } from './support/spawn-gateway.js';
import { silentLog } from '../src/observability/log.js';
import { Storage } from '../src/storage/storage.js';

const ROUNDS = Number(process.env['KILLS'] ?? 50);
/** The ledger may miss what ended within so long before a kill. Milliseconds. */
const LAST_MS = 1000;
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

interface Delivery {
  readonly webhookId: string;
  readonly job: string;
  readonly body: { readonly status: string; readonly result?: { readonly content?: string } };
}

/** Takes webhooks, and refuses some of them. */
class Receiver {
  readonly deliveries: Delivery[] = [];
  readonly refused: Delivery[] = [];
  #server: Server | undefined;

  async start(): Promise<string> {
    const webhook = new Webhook(SECRET);
    this.#server = createServer((request, response) => {
      let text = '';
      request.on('data', (piece: Buffer) => (text += piece.toString()));
      request.on('end', () => {
        webhook.verify(text, request.headers as Record<string, string>);
        const body = JSON.parse(text) as Delivery['body'] & { id: string };
        const delivery = { webhookId: String(request.headers['webhook-id']), job: body.id, body };
        // Once a job: the pauses grow to minutes.
        const refuse = Math.random() < 0.2 && !this.refused.some(({ job }) => job === body.id);
        (refuse ? this.refused : this.deliveries).push(delivery);
        response.writeHead(refuse ? 503 : 200).end();
      });
    }).listen(0, '127.0.0.1');
    await new Promise((listening) => this.#server?.once('listening', listening));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/done`;
  }

  stop(): void {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }
}

describe.each(await testStores())('a gateway over $name that is killed again and again under load', (store) => {
  let database: TestDatabase;
  let vendor: MockOpenAi;
  const receiver = new Receiver();
  let callback: string;
  let gateway: SpawnedGateway | undefined;
  beforeAll(async () => {
    database = await store.make();
    vendor = await startMockOpenAI();
    callback = await receiver.start();
    writeFileSync(join(database.dataDir, 'shellm.config.yaml'), 'callbacks: { allow: ["127.0.0.1/32"] }\n');
  });
  afterAll(async () => {
    if (gateway?.process.exitCode === null) gateway.process.kill('SIGKILL');
    await gateway?.exited;
    receiver.stop();
    await vendor.close();
    await database.remove();
  });

  const start = (): Promise<SpawnedGateway> =>
    spawnGateway({
      SHELLM_DATA_DIR: database.dataDir,
      SHELLM_PROVIDERS: 'demo,openai',
      SHELLM_MAX_CONCURRENT: '8',
      OPENAI_API_KEY: 'sk-mock',
      OPENAI_BASE_URL: `${vendor.url}/v1`,
      SHELLM_WEBHOOK_SECRET: SECRET,
      SHELLM_KEY_SECRET: 'k'.repeat(32),
      ...(database.url === undefined ? {} : { DATABASE_URL: database.url }),
    });
  const headers = (id: string): Record<string, string> => ({ 'x-request-id': id });

  it('loses no job, no turn that was answered, and of its ledger the last second at most', async () => {
    /** By conversation: turns that a client saw the end of, and turns that were under way when it was killed. */
    const answered = new Map<string, number>();
    const under = new Map<string, number>();
    const jobs = new Set<string>();
    /** Request id to when its answer was there, and what it had cost. */
    const metered = new Map<string, { readonly at: number; readonly prompt: number; readonly completion: number }>();
    const kills: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const running = await start();
      gateway = running;
      for (const [id, seen] of answered) {
        const { status, body } = await call(`${running.url}/conversations/${id}`);
        expect(status).toBe(200);
        const turns = (body.messages as { role: string }[]).filter(({ role }) => role === 'assistant').length;
        expect([turns >= seen, turns <= seen + (under.get(id) ?? 0)]).toEqual([true, true]);
        answered.set(id, turns);
      }
      let alive = true;
      const chat = async (body: object, id = randomUUID()): Promise<Awaited<ReturnType<typeof call>> | undefined> => {
        const told = await call(`${running.url}/v1/chat/completions`, { body, headers: headers(id) }).catch(() => undefined);
        if (told?.status === 200) metered.set(id, { at: Date.now(), prompt: told.body.usage.prompt_tokens, completion: told.body.usage.completion_tokens });
        return told;
      };
      const passThrough = async (): Promise<void> => {
        while (alive) {
          if ((await chat({ model: 'openai/gpt-5.5', messages: [{ role: 'user', content: `say ${Math.random()}` }] })) === undefined) return;
        }
      };
      const converse = async (): Promise<void> => {
        const opened = await call(`${running.url}/conversations`, { body: {} }).catch(() => undefined);
        if (opened?.status !== 201) return;
        const id = opened.body.id as string;
        answered.set(id, 0);
        while (alive) {
          under.set(id, 1);
          const told = await chat({ model: Math.random() < 0.5 ? 'demo' : 'openai/gpt-5.5', conversation_id: id, messages: [{ role: 'user', content: 'again' }] });
          if (told?.status !== 200) return;
          answered.set(id, (answered.get(id) ?? 0) + 1);
          under.set(id, 0);
        }
      };
      const submit = async (): Promise<void> => {
        while (alive) {
          const told = await call(`${running.url}/completions`, {
            body: { prompt: `job ${Math.random()}`, model: Math.random() < 0.5 ? 'demo' : 'openai/gpt-5.5', callback_url: callback },
          }).catch(() => undefined);
          if (told === undefined) return;
          if (told.status === 202) jobs.add(told.body.id as string);
          await sleep(30);
        }
      };
      const load = [passThrough(), passThrough(), passThrough(), converse(), converse(), submit()];
      await sleep(100 + Math.random() * 1900);
      running.process.kill('SIGKILL');
      kills.push(Date.now());
      await running.exited;
      alive = false;
      await Promise.all(load);
    }
    gateway = await start();
    const { url } = gateway;
    const untold = (): string[] => [...jobs].filter((id) => !receiver.deliveries.some(({ job }) => job === id));
    await eventually(() => untold().length === 0, 120_000).catch(() => undefined);
    expect(await Promise.all(untold().map(async (id) => (await call(`${url}/jobs/${id}`)).body as unknown))).toEqual([]);
    for (const id of jobs) {
      const { body } = await call(`${url}/jobs/${id}`);
      expect([id, body.status]).toEqual([id, 'succeeded']);
    }
    const all = [...receiver.deliveries, ...receiver.refused];
    const idsOf = new Map<string, Set<string>>();
    for (const { job, webhookId, body } of all) {
      idsOf.set(job, (idsOf.get(job) ?? new Set<string>()).add(webhookId));
      expect(body.status).toBe('succeeded');
    }
    expect([...idsOf.values()].filter((ids) => ids.size !== 1)).toEqual([]);

    await call(`${url}/admin/usage`); // what waits to be written is written
    const storage = await Storage.open(database.url, database.dataDir, silentLog);
    const rows = await storage.db.selectFrom('usage').selectAll().execute();
    await storage.onApplicationShutdown();
    const byId = new Map(rows.map((row) => [row.request_id ?? '', row]));
    const own = rows.filter(({ request_id: id }) => metered.has(id ?? ''));
    const twice = rows.filter(({ request_id: id }) => own.filter((row) => row.request_id === id).length > 1);
    expect(twice).toEqual([]);
    expect(own.length).toBe(new Set(own.map(({ request_id: id }) => id)).size);
    const missing = [...metered].filter(([id]) => !byId.has(id));
    for (const [, { at }] of missing) expect(kills.some((kill) => at <= kill + 50 && kill - at < LAST_MS)).toBe(true);
    for (const [id, { prompt, completion }] of metered) {
      const row = byId.get(id);
      if (row) expect([row.prompt_tokens, row.completion_tokens]).toEqual([prompt, completion]);
    }
    process.stdout.write(
      `${store.name}: ${ROUNDS} kills, ${metered.size} metered, ${missing.length} missing of the last second, ${answered.size} conversations, ${jobs.size} jobs, ${all.length} deliveries\n`,
    );
    expect(own.length).toBeGreaterThan(metered.size / 4);
    expect((await call(`${url}/health`)).status).toBe(200);
  }, 1_200_000);
});
