import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { chunkFrame, MockVendor } from './support/mock-vendor.js';

/** A server with a list of models that answers with its name. */
async function startServer(name: string, models: readonly string[]): Promise<MockVendor> {
  const server = await MockVendor.start();
  server.models = models;
  server.answer((response, { body }) => {
    const { stream } = JSON.parse(body) as { stream?: boolean };
    response.writeHead(200, { 'content-type': stream === true ? 'text/event-stream' : 'application/json' });
    const whole = { id: 'x', object: 'chat.completion', created: 1, model: 'm', choices: [{ index: 0, message: { role: 'assistant', content: name }, finish_reason: 'stop' }] };
    response.end(stream === true ? [chunkFrame({ role: 'assistant', content: name }), chunkFrame({}, 'stop'), 'data: [DONE]\n\n'].join('') : JSON.stringify(whole));
  });
  return server;
}

describe('servers that speak the OpenAI API', () => {
  let cerebras: MockVendor;
  let box: MockVendor;
  let ollama: MockVendor;
  let folder: string;
  let gateway: Gateway | undefined;
  beforeAll(async () => {
    cerebras = await startServer('cerebras', ['gpt-oss-120b', 'llama']);
    box = await startServer('box', ['qwen', 'org/big']);
    ollama = await startServer('ollama', ['local:8b']);
    folder = mkdtempSync(join(tmpdir(), 'servers-'));
    writeFileSync(join(folder, 'config.yaml'), `providers: { box: { base_url: "${box.url}/v1", api_key_env: BOX_KEY, default_model: qwen } }`);
  });
  afterEach(() => gateway?.close());
  afterAll(async () => {
    for (const server of [cerebras, box, ollama]) await server.close();
    rmSync(folder, { recursive: true });
  });

  const boot = async (more: Record<string, string> = {}): Promise<Gateway> => {
    gateway = await bootGateway({
      ...{ CEREBRAS_API_KEY: 'sk-cerebras-key', CEREBRAS_BASE_URL: `${cerebras.url}/v1`, SHELLM_CONFIG: join(folder, 'config.yaml'), BOX_KEY: 'box-secret-key' },
      OLLAMA_HOST: new URL(ollama.url).host,
      ...more,
    });
    return gateway;
  };
  const modelsOf = async ({ url }: Gateway): Promise<string[]> => ((await call(`${url}/v1/models`)).body as { data: { id: string }[] }).data.map(({ id }) => id);

  it('list their models in the background, an Ollama among them that nobody named', async () => {
    const at = await boot();
    await eventually(async () => {
      const models = await modelsOf(at);
      return ['cerebras/gpt-oss-120b', 'cerebras/llama', 'box/qwen', 'box/org/big', 'ollama/local:8b'].every((id) => models.includes(id));
    }, 10_000);
    const client = new OpenAI({ baseURL: `${at.url}/v1`, apiKey: 'none', maxRetries: 0 });
    for (const [model, name] of [
      ['cerebras', 'cerebras'],
      ['box/anything', 'box'],
      ['org/big', 'box'],
      ['local:8b', 'ollama'],
      ['ollama/local:8b', 'ollama'],
    ] as const) {
      expect((await client.chat.completions.create({ model, messages: [{ role: 'user', content: 'hi' }] })).choices[0]?.message.content).toBe(name);
    }
    expect([cerebras, box].map(({ requests }) => requests.at(-1)?.headers.authorization)).toEqual(['Bearer sk-cerebras-key', 'Bearer box-secret-key']);
    expect(ollama.requests.at(-1)?.headers.authorization).toBeUndefined();
  });

  it('are not waited for at the start, nor needed', async () => {
    const began = performance.now();
    const at = await boot({ CEREBRAS_BASE_URL: 'http://127.0.0.1:9/v1', OLLAMA_HOST: '127.0.0.1:9' });
    expect(performance.now() - began).toBeLessThan(3000);
    const { status, body } = await call(`${at.url}/v1/chat/completions`, { body: { model: 'cerebras', fallback: false, messages: [{ role: 'user', content: 'hi' }] } });
    expect([status, body.error.code]).toEqual([502, 'upstream_error']);
    const unknown = await call(`${at.url}/v1/chat/completions`, { body: { model: 'ollama/x', fallback: false, messages: [{ role: 'user', content: 'hi' }] } });
    expect([unknown.status, unknown.body.error.code]).toEqual([503, 'provider_unavailable']);
  });

  it('keep their list when they are gone', async () => {
    const mortal = await startServer('mortal', ['m1']);
    const at = await boot({ CEREBRAS_BASE_URL: `${mortal.url}/v1` });
    await eventually(async () => (await modelsOf(at)).includes('cerebras/m1'), 10_000);
    await mortal.close();
    expect((await call(`${at.url}/health`)).body.providers.cerebras.status).toBe('unavailable');
    expect(await modelsOf(at)).toContain('cerebras/m1');
  });

  it("that refuse the key make it the operator's affair, and show nobody the key", async () => {
    const strict = await MockVendor.start();
    strict.json(401, { error: { message: 'Incorrect API key: sk-cerebras-key' } });
    const at = await boot({ CEREBRAS_BASE_URL: `${strict.url}/v1` });
    const { status, body } = await call(`${at.url}/v1/chat/completions`, { body: { model: 'cerebras', fallback: false, messages: [{ role: 'user', content: 'hi' }] } });
    await strict.close();
    expect([status, body.error.code]).toEqual([503, 'provider_unavailable']);
    expect(JSON.stringify(body)).not.toContain('sk-cerebras-key');
  });
});
