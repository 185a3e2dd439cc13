import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { issueLocalPass } from '../src/auth/local-pass.js';
import { Passes } from '../src/auth/pass.js';
import { call } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { descendantsOf, runningProcesses } from './support/processes.js';
import { spawnGateway, type SpawnedGateway } from './support/spawn-gateway.js';

const fakeClaude = resolve(import.meta.dirname, '../selftest/fake-claude.mjs');
const configured = 'configured-key-of-the-leak-test-4711';
const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });

describe('a key', () => {
  let gateway: SpawnedGateway;
  const secrets: string[] = [configured];
  beforeAll(async () => {
    gateway = await spawnGateway({
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      LOG_LEVEL: 'trace',
      SHELLM_CLIENTS: JSON.stringify({ root: { key: configured, scopes: ['admin'] } }),
      SHELLM_PROVIDERS: 'demo,claude',
      SHELLM_CLAUDE_BIN: fakeClaude,
      SHELLM_SHUTDOWN_GRACE_MS: '200',
    });
    secrets.push(readFileSync(join(gateway.dataDir, 'key-secret'), 'utf8').trim());
    const create = async (name: string): Promise<{ id: string; key: string }> => {
      const { body } = await call(`${gateway.url}/admin/keys`, { headers: bearer(configured), body: { name } });
      secrets.push(body.key, body.webhook_secret);
      return body as { id: string; key: string };
    };
    const { id } = await create('first');
    const rotated = await call(`${gateway.url}/admin/keys/${id}`, { method: 'PATCH', headers: bearer(configured), body: { rotate: true } });
    secrets.push(rotated.body.key);
    const { key } = await create('second');
    // A command's, good and damaged.
    const passes = new Passes(readFileSync(join(gateway.dataDir, 'key-secret'), 'utf8').trim());
    const pass = issueLocalPass(passes, Date.now());
    secrets.push(pass, pass.slice(0, -2));
    for (const shown of [pass, pass.slice(0, -2)]) await call(`${gateway.url}/v1/models`, { headers: bearer(shown) });
    await call(`${gateway.url}/v1/models/${pass}`, { headers: { ...bearer(pass), 'x-forwarded-for': '10.0.0.1' } });
    // Where people put keys that they should not.
    const wrong = `${key.slice(0, -1)}_`;
    secrets.push(wrong);
    await call(`${gateway.url}/v1/models`, { headers: bearer(wrong) });
    await call(`${gateway.url}/v1/models`, { headers: { 'x-api-key': wrong } });
    await call(`${gateway.url}/v1/models?api_key=${key}`);
    await call(`${gateway.url}/v1/models/${key}`, { headers: bearer(key) });
    await call(`${gateway.url}/${key}/x`);
    await call(`${gateway.url}/admin/keys/${key}`, { headers: bearer(configured) });
    await call(`${gateway.url}/v1/chat/completions`, { headers: bearer(key), body: `{"broken ${key}` });
    await call(`${gateway.url}/v1/chat/completions`, { headers: bearer(key), body: { model: key, messages: [{ role: 'user', content: 'x' }] } });
    await call(`${gateway.url}/v1/chat/completions`, {
      headers: { ...bearer(key), 'x-shellm-session-id': 'new' },
      body: { model: 'demo', messages: [{ role: 'user', content: 'x' }] },
    });
    // Children of both kinds at work, one for each key.
    for (const [model, holder] of [
      ['demo', key],
      ['claude/sonnet', rotated.body.key as string],
    ] as const)
      void call(`${gateway.url}/v1/chat/completions`, { headers: bearer(holder), body: { model, messages: [{ role: 'user', content: '[[demo words=50 delay=100]]' }] } }).catch(
        () => undefined,
      );
    await eventually(() => ['agent.js', 'fake-claude'].every((name) => descendantsOf(gateway.process.pid ?? 0).some(({ argv }) => argv.includes(name))), 10_000);
  });
  afterAll(() => gateway.dispose());

  const leaked = (text: string): number[] => secrets.flatMap((secret, index) => (text.includes(secret) ? [index] : []));

  it('is in no argument and no environment of a child', () => {
    const own = runningProcesses().find(({ pid }) => pid === gateway.process.pid)?.argv;
    // One that was forked and does not run its program yet is the gateway still.
    const children = descendantsOf(gateway.process.pid ?? 0).filter(({ argv }) => argv !== own);
    expect(children.length).toBeGreaterThanOrEqual(2);
    for (const { environment } of children) {
      expect(leaked(environment)).toEqual([]);
      expect(environment).not.toMatch(/SHELLM_(CLIENTS|KEY_SECRET)=/);
    }
    expect(
      leaked(
        runningProcesses()
          .map(({ argv }) => argv)
          .join('\n'),
      ),
    ).toEqual([]);
  });

  it('is in no file but the secret in its own', () => {
    const files = readdirSync(gateway.dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.map(({ name }) => name)).toEqual(expect.arrayContaining(['shellm.db', 'shellm.db-wal', 'key-secret']));
    for (const { name, parentPath } of files) if (name !== 'key-secret') expect([name, leaked(readFileSync(join(parentPath, name), 'latin1'))]).toEqual([name, []]);
  });

  it('is in no line of the log, at any level', async () => {
    await eventually(() => gateway.output().split('"request').length > 8);
    gateway.process.kill('SIGTERM');
    await gateway.exited;
    expect(leaked(gateway.output())).toEqual([]);
    expect(gateway.output()).not.toMatch(/sk-shellm-[\w-]{5}/);
  });
});
