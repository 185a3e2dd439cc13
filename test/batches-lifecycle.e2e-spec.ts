import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchClient, chatLine } from './support/batch-client.js';
import { eventually } from './support/eventually.js';
import { MockVendor } from './support/mock-vendor.js';
import { type SpawnedGateway, spawnGateway } from './support/spawn-gateway.js';

const LINES = 60;
/** `SHELLM_BATCH_CONCURRENCY`. */
const AT_ONCE = 4;

/** The built gateway as a process of its own: what becomes of a batch when it ends in the middle. */
describe('batches, when the gateway ends', () => {
  jest.setTimeout(60_000);
  let vendor: MockVendor;
  let dataDir: string;
  let gateway: SpawnedGateway | undefined;
  beforeAll(async () => {
    vendor = await MockVendor.start();
  });
  afterAll(() => vendor.close());
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'batches-'));
    vendor.answer(async (response, { body }) => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      const { content } = (JSON.parse(body) as { messages: [{ content: string }] }).messages[0];
      const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }];
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model: 'gpt-mock', choices }));
    });
  });
  afterEach(async () => {
    await gateway?.dispose();
    gateway = undefined;
    rmSync(dataDir, { recursive: true, force: true });
  });

  const start = async (): Promise<BatchClient> => {
    gateway = await spawnGateway({ SHELLM_DATA_DIR: dataDir, SHELLM_PROVIDERS: 'openai', OPENAI_API_KEY: 'k', OPENAI_BASE_URL: `${vendor.url}/v1` });
    return new BatchClient(gateway.url);
  };
  /** How often the vendor was asked each. */
  const asked = (): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const { body, path } of vendor.requests) if (path === '/v1/chat/completions') counts.set(body, (counts.get(body) ?? 0) + 1);
    return counts;
  };

  it('in the middle, by kill -9 and by a shutdown, go on at the next start', async () => {
    let client = await start();
    const made = await client.start(Array.from({ length: LINES }, (_, index) => chatLine(`r${index}`, 'openai/gpt-mock', `say ${index}`)));
    let done = 0;
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      await eventually(async () => (await client.openai.batches.retrieve(made.id)).request_counts!.completed >= done + 10, 15_000);
      gateway!.process.kill(signal);
      await gateway!.exited;
      expect(vendor.requests.length).toBeLessThan(LINES);
      client = await start();
      done = (await client.openai.batches.retrieve(made.id)).request_counts!.completed;
    }
    const batch = await client.over(made, 30_000);
    expect(batch).toMatchObject({ status: 'completed', request_counts: { total: LINES, completed: LINES, failed: 0 } });
    const results = await client.results(batch.output_file_id);
    expect(results.map(({ custom_id: id, response }) => [id, response!.body.choices[0].message.content as string])).toEqual(
      Array.from({ length: LINES }, (_, index) => [`r${index}`, `say ${index}`]),
    );
    // Those that ran when it was killed, and none of those that ran when it was shut down.
    expect(asked().size).toBe(LINES);
    expect([...asked().values()].filter((count) => count > 1).length).toBeLessThanOrEqual(AT_ONCE);
    expect(Math.max(...asked().values())).toBeLessThanOrEqual(2);
  });
});
