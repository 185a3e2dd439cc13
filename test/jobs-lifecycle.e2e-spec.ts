import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { MockVendor } from './support/mock-vendor.js';
import { Receiver } from './support/receiver.js';
import { type SpawnedGateway, spawnGateway } from './support/spawn-gateway.js';

const answer = { id: 'c', object: 'chat.completion', created: 1, model: 'gpt-mock', choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }] };

/** The built gateway as a process of its own: what becomes of jobs and their callbacks when it ends. */
describe('jobs, when the gateway ends', () => {
  jest.setTimeout(60_000);
  let dataDir: string;
  let vendor: MockVendor;
  let receiver: Receiver;
  let gateway: SpawnedGateway;
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'jobs-'));
    writeFileSync(join(dataDir, 'shellm.config.yaml'), 'callbacks: { allow: ["127.0.0.1"] }\n');
    vendor = await MockVendor.start();
    receiver = await Receiver.start();
    await start();
  });
  afterEach(async () => {
    gateway.process.kill('SIGKILL');
    await gateway.exited;
  });
  afterAll(async () => {
    await receiver.close();
    await vendor.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const start = async (): Promise<void> => {
    gateway = await spawnGateway({
      SHELLM_DATA_DIR: dataDir,
      SHELLM_PROVIDERS: 'openai,demo',
      OPENAI_API_KEY: 'k',
      OPENAI_BASE_URL: `${vendor.url}/v1`,
      SHELLM_SHUTDOWN_GRACE_MS: '200',
    });
  };
  const accepted = async (path: string, model = 'openai/gpt-mock'): Promise<string> => {
    const body = { model, messages: [{ role: 'user', content: 'Hello there' }], callback_url: `${receiver.url}${path}` };
    return ((await call(`${gateway.url}/v1/chat/completions`, { body })).body as { id: string }).id;
  };
  const settled = async (id: string): Promise<void> => {
    await eventually(async () => (await call(`${gateway.url}/jobs/${id}`)).body.delivery?.state === 'delivered', 20_000);
  };

  it('are made again after a kill -9, and told again under the same id', async () => {
    let hangs = true;
    receiver.answer = (response) => (hangs ? undefined : response.writeHead(204).end());
    const beingTold = await accepted('/told', 'demo');
    await eventually(() => receiver.to('/told').length === 1, 10_000);
    vendor.answer(() => new Promise(() => undefined));
    const beingMade = await accepted('/made');
    await eventually(() => vendor.requests.length === 1, 10_000);
    gateway.process.kill('SIGKILL');
    await gateway.exited;
    hangs = false;
    vendor.json(200, answer);
    await start();
    await settled(beingTold);
    await settled(beingMade);
    expect(receiver.to('/told').map(({ headers }) => headers['webhook-id'])).toEqual([beingTold, beingTold]);
    expect(receiver.to('/told')[1]?.body).toBe(receiver.to('/told')[0]?.body);
    expect(receiver.to('/made').map(({ body }) => JSON.parse(body) as object)).toEqual([expect.objectContaining({ id: beingMade, status: 'succeeded' })]);
    expect(vendor.requests).toHaveLength(1);
    expect(gateway.output()).not.toContain(receiver.url);
  });

  it('are given back at a shutdown, and go on at the next start', async () => {
    await start();
    vendor.answer(() => new Promise(() => undefined));
    const id = await accepted('/given-back');
    await eventually(() => vendor.requests.length === 1, 10_000);
    gateway.process.kill('SIGTERM');
    expect(await gateway.exited).toBe(0);
    expect(vendor.aborted).toBe(1);
    vendor.json(200, answer);
    await start();
    await settled(id);
    expect(receiver.to('/given-back')).toHaveLength(1);
  });
});
