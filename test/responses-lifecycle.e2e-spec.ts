import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { processesOf } from './support/processes.js';
import { type SpawnedGateway, spawnGateway } from './support/spawn-gateway.js';

/** The built gateway as a process of its own: what becomes of responses that nobody waits for when it ends. */
describe('responses in the background, when the gateway ends', () => {
  jest.setTimeout(60_000);
  let dataDir: string;
  let gateway: SpawnedGateway | undefined;
  afterEach(async () => {
    await gateway?.dispose();
    gateway = undefined;
    rmSync(dataDir, { recursive: true, force: true });
  });

  const start = async (environment: Record<string, string> = {}): Promise<SpawnedGateway> => {
    dataDir = gateway ? dataDir : mkdtempSync(join(tmpdir(), 'responses-'));
    return (gateway = await spawnGateway({ SHELLM_DATA_DIR: dataDir, SHELLM_PROVIDERS: 'demo', ...environment }));
  };
  const find = async (id: string): Promise<Awaited<ReturnType<typeof call>>['body']> => (await call(`${gateway!.url}/v1/responses/${id}`)).body;
  /** The id of one that has said something. */
  const begun = async (orders: string): Promise<string> => {
    const { body } = await call(`${gateway!.url}/v1/responses`, { body: { model: 'demo', background: true, input: `[[demo ${orders}]]` } });
    await eventually(async () => (await find(body.id)).status === 'in_progress');
    return body.id as string;
  };
  /** Follows it until it has said a word. */
  const hear = async (id: string, word: string): Promise<void> => {
    const { body } = await fetch(`${gateway!.url}/v1/responses/${id}?stream=true`);
    let heard = '';
    for await (const piece of body!.pipeThrough(new TextDecoderStream())) if ((heard += piece).includes(word)) return;
  };
  const restart = async (): Promise<void> => {
    await gateway!.exited;
    await start();
  };

  it('are failed at the next start after a kill -9, and what was told of them can still be had', async () => {
    await start();
    const id = await begun('words=200 delay=50');
    await hear(id, 'word9'); // what is told is written every 100 ms: by now the first words are
    const kept = (await call(`${gateway!.url}/v1/responses`, { body: { model: 'demo', input: 'Hi' } })).body;
    gateway!.process.kill('SIGKILL');
    await restart();
    expect(await find(id)).toMatchObject({ status: 'failed', error: { code: 'server_error', message: expect.stringContaining('stopped') } });
    const events = await (await fetch(`${gateway!.url}/v1/responses/${id}?stream=true`)).text();
    expect(events).toMatch(/^event: response.created\n.*event: response.output_text.delta\n.*event: response.failed\n[^\n]+\n\n$/s);
    expect(await find(kept.id)).toEqual(kept);
    expect((await call(`${gateway!.url}/v1/responses`, { body: { model: 'demo', input: 'And now?', previous_response_id: kept.id } })).body.status).toBe('completed');
  });

  it('are finished within the grace time', async () => {
    await start();
    const id = await begun('words=20 delay=50');
    gateway!.process.kill('SIGTERM');
    await restart();
    expect(await find(id)).toMatchObject({ status: 'completed', output: [{ content: [{ text: expect.stringMatching(/word20$/) }] }] });
  });

  it('are failed after the grace time, and leave nothing behind', async () => {
    await start({ SHELLM_SHUTDOWN_GRACE_MS: '200' });
    const id = await begun('words=2 hang=1');
    gateway!.process.kill('SIGTERM');
    expect(await gateway!.exited).toBe(0);
    await eventually(() => processesOf(dataDir).length === 0);
    await restart();
    expect(await find(id)).toMatchObject({ status: 'failed', error: { message: expect.stringContaining('shut down') } });
  });
});
