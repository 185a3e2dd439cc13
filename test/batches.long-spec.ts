import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchClient, chatLine } from './support/batch-client.js';
import { testStores, type TestDatabase } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { MockVendor } from './support/mock-vendor.js';
import { type SpawnedGateway, spawnGateway } from './support/spawn-gateway.js';

const MB = 1024 ** 2;
const minutes = (count: number): number => count * 60_000;

/** Of a process, at its most. Bytes. */
function peakMemory(pid: number): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;
}

describe.each(await testStores())('large batches, in $name', (kind) => {
  jest.setTimeout(minutes(10));
  let at: TestDatabase;
  let vendor: MockVendor;
  const gateways: SpawnedGateway[] = [];
  beforeAll(async () => {
    vendor = await MockVendor.start();
  });
  afterAll(() => vendor.close());
  beforeEach(async () => {
    at = await kind.make();
  });
  afterEach(async () => {
    for (const gateway of gateways.splice(0)) await gateway.dispose();
    await at.remove();
  });

  const start = async (environment: Record<string, string> = {}): Promise<SpawnedGateway> => {
    const own = mkdtempSync(join(tmpdir(), 'batches-')); // removed with the gateway
    const shared: Record<string, string> =
      at.url === undefined ? {} : { DATABASE_URL: at.url, SHELLM_KEY_SECRET: 's'.repeat(40), SHELLM_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 's').toString('base64')}` };
    const gateway = await spawnGateway({
      ...{ SHELLM_DATA_DIR: own, SHELLM_PROVIDERS: 'openai', OPENAI_API_KEY: 'k', OPENAI_BASE_URL: `${vendor.url}/v1`, SHELLM_BATCH_CONCURRENCY: '16' },
      ...{ SHELLM_CLIENTS: JSON.stringify({ a: { key: 'key-a' }, b: { key: 'key-b' } }), ...shared, ...environment },
    });
    gateways.push(gateway);
    return gateway;
  };
  const answer = (content: (said: string) => string, delayMs = 0): void => {
    vendor.answer(async (response, { body }) => {
      if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
      const { content: said } = (JSON.parse(body) as { messages: [{ content: string }] }).messages[0];
      const choices = [{ index: 0, message: { role: 'assistant', content: content(said) }, finish_reason: 'stop' }];
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model: 'gpt-mock', choices }));
    });
  };
  const lines = (count: number, text: string): string => {
    let all = '';
    for (let index = 0; index < count; index++) all += `${JSON.stringify(chatLine(`r${index}`, 'openai/gpt-mock', `${index} ${text}`))}\n`;
    return all;
  };

  it('of 20,000 requests and 24 MB: every one once, in bounded memory, and others are served meanwhile', async () => {
    // With less than a third of what its requests and answers take, parsed, it would end.
    const gateway = await start({ NODE_OPTIONS: '--max-old-space-size=120' });
    const client = new BatchClient(gateway.url, 'key-a');
    answer((said) => said.slice(0, 200));
    const idle = peakMemory(gateway.process.pid!);
    const made = await client.start(lines(20_000, 'x'.repeat(1100)));
    const uploaded = peakMemory(gateway.process.pid!);
    let slowest = 0;
    const state = { over: false };
    const asking = (async () => {
      while (!state.over) {
        const began = performance.now();
        await fetch(`${gateway.url}/health/live`);
        slowest = Math.max(slowest, performance.now() - began);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    const began = performance.now();
    const batch = await client.over(made, minutes(8));
    const seconds = (performance.now() - began) / 1000;
    state.over = true;
    await asking;
    expect(batch).toMatchObject({ status: 'completed', request_counts: { total: 20_000, completed: 20_000, failed: 0 } });
    const results = await client.results(batch.output_file_id);
    expect(results.map(({ custom_id: id }) => id)).toEqual(Array.from({ length: 20_000 }, (_, index) => `r${index}`));
    const peak = peakMemory(gateway.process.pid!);
    process.stderr.write(
      `${kind.name}: 20,000 requests in ${seconds.toFixed(0)} s; memory ${Math.round(idle / MB)} MB at rest, ${Math.round(uploaded / MB)} MB with the upload, ${Math.round(peak / MB)} MB at most; slowest probe ${Math.round(slowest)} ms\n`,
    );
    expect(peak - idle).toBeLessThan(200 * MB);
  });

  it('with too many requests, and with one of a megabyte', async () => {
    const gateway = await start();
    const client = new BatchClient(gateway.url, 'key-a');
    const many = await client.over(await client.start(lines(50_001, '')), minutes(2));
    expect(many).toMatchObject({ status: 'failed', errors: { data: [{ code: 'too_many_requests', line: 50_001 }] }, request_counts: { total: 0 } });
    answer((said) => said);
    const long = 'ä'.repeat(MB);
    const batch = await client.over(await client.start([chatLine('long', 'openai/gpt-mock', long), chatLine('short', 'openai/gpt-mock', 'x')]), minutes(1));
    const [first] = await client.results(batch.output_file_id);
    expect(first!.response!.body.choices[0].message.content === long).toBe(true);
  });

  it('whose results have no more room fail, and keep what there is', async () => {
    const gateway = await start({ SHELLM_CLIENT_STORE_MB: '2' });
    const client = new BatchClient(gateway.url, 'key-a');
    answer(() => 'y'.repeat(100_000));
    const batch = await client.over(await client.start(lines(100, '')), minutes(1));
    expect(batch).toMatchObject({ status: 'failed', errors: { data: [{ code: 'storage_full', line: null }] } });
    const results = await client.results(batch.output_file_id);
    expect(results.length).toBe(batch.request_counts!.completed);
    expect(results.length).toBeGreaterThan(15);
    expect(results.length).toBeLessThan(40);
  });

  it('of one client do not hold up those of another', async () => {
    const gateway = await start({ SHELLM_BATCH_CONCURRENCY: '2' });
    const [a, b] = [new BatchClient(gateway.url, 'key-a'), new BatchClient(gateway.url, 'key-b')];
    answer((said) => said, 20);
    const many = await Promise.all(Array.from({ length: 40 }, () => a.start(lines(50, ''))));
    await eventually(() => vendor.requests.length > 10, 10_000);
    const began = vendor.requests.length;
    await b.over(await b.start(lines(10, '')), minutes(1));
    // Every other request is b's, from the moment that its batch is looked at.
    expect(vendor.requests.length - began).toBeLessThan(400);
    for (const batch of many) await a.openai.batches.cancel(batch.id).catch(() => undefined);
    for (const batch of many) await a.over(batch, minutes(1));
  });

  if (kind.name !== 'PostgreSQL') return;
  it('are gone on with by another instance when one is killed, again and again', async () => {
    answer((said) => said, 20);
    let one = await start();
    let two = await start();
    const made = await new BatchClient(one.url, 'key-a').start(lines(3000, ''));
    for (let killed = 0; killed < 3; killed++) {
      const client = new BatchClient(two.url, 'key-a');
      const before = (await client.openai.batches.retrieve(made.id)).request_counts!.completed;
      await eventually(async () => (await client.openai.batches.retrieve(made.id)).request_counts!.completed >= before + 200, minutes(2));
      one.process.kill('SIGKILL');
      await one.exited;
      [one, two] = [two, await start()];
    }
    const client = new BatchClient(two.url, 'key-a');
    const batch = await client.over(made, minutes(4));
    expect(batch).toMatchObject({ status: 'completed', request_counts: { total: 3000, completed: 3000, failed: 0 } });
    expect((await client.results(batch.output_file_id)).map(({ custom_id: id }) => id)).toEqual(Array.from({ length: 3000 }, (_, index) => `r${index}`));
    const asked = new Map<string, number>();
    for (const { body, path } of vendor.requests) if (path === '/v1/chat/completions') asked.set(body, (asked.get(body) ?? 0) + 1);
    const twice = [...asked.values()].filter((count) => count > 1).length;
    process.stderr.write(`asked twice after three kills: ${twice} of 3000\n`);
    expect(asked.size).toBe(3000);
    expect(twice).toBeLessThanOrEqual(3 * 16);
  });
});
