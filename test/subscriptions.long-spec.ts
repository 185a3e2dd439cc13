import { describe, expect, it, jest } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { BatchClient, type BatchResult, chatLine } from './support/batch-client.js';
import { bootGateway, call } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { processesOf } from './support/processes.js';

const fake = (name: string): string => resolve(import.meta.dirname, `../selftest/fake-${name}.mjs`);
const PATH = `${dirname(process.execPath)}:/usr/bin:/bin`;

interface Login {
  readonly id: string;
  /** Files of the user's home that are a subscription's login. */
  readonly files: Readonly<Record<string, string>>;
  readonly key: Readonly<Record<string, string>>;
  /** Where the environment says that a login is billed after all. */
  readonly notAKey: Readonly<Record<string, string>>;
}

const logins: readonly Login[] = [
  {
    id: 'claude',
    files: { '.claude/.credentials.json': '{}' },
    key: { ANTHROPIC_API_KEY: 'sk-ant-test' },
    notAKey: { CLAUDE_CODE_OAUTH_TOKEN: 'oauth-of-a-subscription', CLAUDE_CODE_USE_BEDROCK: '0' },
  },
  { id: 'gemini', files: { '.gemini/oauth_creds.json': '{}' }, key: { GEMINI_API_KEY: 'k' }, notAKey: { GOOGLE_GENAI_USE_VERTEXAI: 'false' } },
  { id: 'codex', files: { '.codex/auth.json': '{"tokens":{"refresh_token":"r"}}' }, key: { CODEX_API_KEY: 'k' }, notAKey: { CODEX_API_KEY: '' } },
];

/** A user who is logged in, and the gateway as he starts it. */
describe.each(logins)('SHELLM_SUBSCRIPTIONS, $id', ({ id, files, key, notAKey }) => {
  jest.setTimeout(30_000);

  async function withUser<T>(environment: Record<string, string>, use: (url: string, dataDir: string) => Promise<T>): Promise<T> {
    const home = mkdtempSync(join(tmpdir(), 'user-'));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(home, name)), { recursive: true });
      writeFileSync(join(home, name), text);
    }
    const gateway = await bootGateway({ PATH, HOME: home, SHELLM_PROVIDERS: id, [`SHELLM_${id.toUpperCase()}_BIN`]: fake(id), ...environment });
    try {
      return await use(gateway.url, gateway.dataDir);
    } finally {
      await gateway.close();
      rmSync(home, { recursive: true });
    }
  }
  const ask = (url: string): ReturnType<typeof call> => call(`${url}/v1/chat/completions`, { body: { model: id, messages: [{ role: 'user', content: 'hi' }], fallback: false } });

  const askByBatch = async (url: string): Promise<BatchResult> => {
    const client = new BatchClient(url);
    const { output_file_id: output, error_file_id: errors } = await client.over(await client.start([chatLine('a', id, 'hi', { fallback: false })]));
    return (await client.results(output ?? errors))[0]!;
  };

  if (id === 'gemini') {
    it('on: batches use the login where they are let', async () => {
      await withUser({ ...notAKey, SHELLM_BATCH_SUBSCRIPTIONS: 'on' }, async (url) => {
        expect((await askByBatch(url)).response).toMatchObject({ status_code: 200 });
      });
    });
  }

  it('on: the login serves, but for batches, and /health says that it is billed', async () => {
    await withUser({ ...notAKey }, async (url) => {
      expect((await ask(url)).status).toBe(200);
      expect((await call(`${url}/health`)).body.providers[id]).toMatchObject({ status: 'ready', auth: 'subscription' });
      const { status_code: status, body } = (await askByBatch(url)).response!;
      expect([status, body.error]).toMatchObject([503, { code: 'provider_unavailable', message: expect.stringMatching(/SHELLM_BATCH_SUBSCRIPTIONS=on/) }]);
    });
  });

  it('off: the login does not serve, and starts no chat', async () => {
    await withUser({ ...notAKey, SHELLM_SUBSCRIPTIONS: 'off' }, async (url, dataDir) => {
      const { status, body } = await ask(url);
      expect([status, body.error.code, body.error.message]).toEqual([503, 'provider_unavailable', expect.stringMatching(/SHELLM_SUBSCRIPTIONS is off/)]);
      expect((await call(`${url}/health`)).body.providers[id]).toMatchObject({ status: 'unavailable', detail: expect.stringMatching(/SHELLM_SUBSCRIPTIONS is off/) });
      await eventually(() => processesOf(dataDir).length === 0);
    });
  });

  it('off: a key serves, and its processes do not get the login', async () => {
    await withUser({ ...notAKey, ...key, SHELLM_SUBSCRIPTIONS: 'off' }, async (url, dataDir) => {
      expect((await ask(url)).status).toBe(200);
      expect((await call(`${url}/health`)).body.providers[id]).toMatchObject({ status: 'ready', auth: 'api_key' });
      expect((await askByBatch(url)).response).toMatchObject({ status_code: 200 });
      await eventually(() => processesOf(dataDir).length > 0);
      for (const pid of processesOf(dataDir)) expect(readFileSync(`/proc/${pid}/environ`, 'latin1')).not.toContain('oauth-of-a-subscription');
    });
  });
});
