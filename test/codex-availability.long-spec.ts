import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { forgetFailures } from './support/forget-failures.js';
import { processesOf } from './support/processes.js';

const fakeCodex = resolve(import.meta.dirname, '../selftest/fake-codex.mjs');
const PATH = `${dirname(process.execPath)}:/usr/bin:/bin`;
const user = (content: string): object => ({ role: 'user', content });
const ask = (gateway: Gateway, content: string, more: object = {}): ReturnType<typeof call> =>
  call(`${gateway.url}/v1/chat/completions`, { body: { model: 'codex', messages: [user(content)], fallback: false, ...more } });

describe('Codex, a fake of it that has no end', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await bootGateway({ PATH, SHELLM_CODEX_BIN: fakeCodex, CODEX_API_KEY: 'k', SHELLM_PROVIDERS: 'codex', SHELLM_REQUEST_TIMEOUT_MS: '1500' });
    await ask(gateway, 'warm');
    await eventually(async () => JSON.stringify((await call(`${gateway.url}/v1/models`)).body).includes('codex/gpt-fake-new') && processesOf(gateway.dataDir).length === 1, 15_000);
  });
  afterAll(async () => {
    await gateway.close();
    expect(processesOf(gateway.dataDir)).toEqual([]);
  });

  it.each([false, true])('of tries to connect is a timeout, and the process serves on (stream: %s)', async (stream) => {
    const before = processesOf(gateway.dataDir);
    const told = await ask(gateway, '[[fake reconnect]]', { stream });
    expect([told.status, told.body.error.code]).toEqual([504, 'timeout']);
    expect([(await ask(gateway, 'hi')).status, processesOf(gateway.dataDir)]).toEqual([200, before]);
  });

  it('of a line is an error, and the process is replaced', async () => {
    const before = processesOf(gateway.dataDir);
    const told = await ask(gateway, '[[fake flood]]');
    expect([told.status, told.body.error.code]).toEqual([502, 'output_limit_exceeded']);
    expect((await ask(gateway, 'hi')).status).toBe(200);
    await eventually(() => processesOf(gateway.dataDir).every((pid) => !before.includes(pid)), 6000);
  });
});

describe('Codex that cannot serve', () => {
  it.each<[string, Record<string, string>, RegExp]>([
    ['not installed', { SHELLM_CODEX_BIN: '/nowhere/codex' }, /not installed/],
    ['too old', { SHELLM_CODEX_BIN: fakeCodex, CODEX_API_KEY: 'k', FAKE_CODEX_VERSION: '0.1.0', SHELLM_CODEX_ENV: 'FAKE_CODEX_VERSION' }, /0\.1\.0 is too old/],
    ['not logged in', { SHELLM_CODEX_BIN: fakeCodex }, /not logged in/],
  ])('%s: says what to do', async (_, environment, message) => {
    const gateway = await bootGateway({ PATH, SHELLM_PROVIDERS: 'codex', ...environment });
    const refused = await ask(gateway, 'hi');
    const { body } = await call(`${gateway.url}/health`);
    await gateway.close();
    expect([refused.status, refused.body.error.code]).toEqual([503, 'provider_unavailable']);
    expect(refused.body.error.message).toMatch(message);
    expect(body.providers.codex).toMatchObject({ status: 'unavailable', detail: expect.stringMatching(message) });
    expect(processesOf(gateway.dataDir)).toEqual([]);
  });

  it('since its vendor refuses the login: says so, also to those who come next, while whoever was served before goes on', async () => {
    const gateway = await bootGateway({ PATH, SHELLM_PROVIDERS: 'codex', SHELLM_CODEX_BIN: fakeCodex, CODEX_API_KEY: 'k' });
    const slow = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'codex', stream: true, messages: [user('[[fake slow]]')] }),
    }); // it has begun
    const refused = await ask(gateway, '[[fake error-401]]');
    const next = await ask(gateway, 'hi');
    const { body } = await call(`${gateway.url}/health`);
    expect(await slow.text()).toContain('w19');
    // A turn that is served shows that it is good after all.
    expect((await ask(gateway, 'hi')).status).toBe(200);
    await gateway.close();
    for (const { status, body: told } of [refused, next])
      expect([status, told.error.code, told.error.message]).toEqual([503, 'provider_unavailable', expect.stringMatching(/codex login/)]);
    expect(body.providers.codex).toMatchObject({ status: 'unavailable', detail: expect.stringMatching(/codex login/) });
  });

  it('SHELLM_SUBSCRIPTIONS=off lets no login serve; a login that is made later serves at once', async () => {
    const home = (gateway: Gateway): string => join(gateway.dataDir, '.codex');
    const logIn = (gateway: Gateway): void => {
      mkdirSync(home(gateway));
      writeFileSync(join(home(gateway), 'auth.json'), '{"tokens":{"refresh_token":"r"}}');
    };
    const off = await bootGateway({ PATH, SHELLM_PROVIDERS: 'codex', SHELLM_CODEX_BIN: fakeCodex, SHELLM_SUBSCRIPTIONS: 'off' });
    logIn(off);
    expect((await ask(off, 'hi')).body.error.message).toMatch(/SHELLM_SUBSCRIPTIONS is off/);
    await off.close();
    const on = await bootGateway({ PATH, SHELLM_PROVIDERS: 'codex', SHELLM_CODEX_BIN: fakeCodex });
    expect((await ask(on, 'hi')).status).toBe(503);
    forgetFailures(on);
    logIn(on);
    expect((await ask(on, 'hi')).status).toBe(200);
    expect(readlinkSync(join(on.dataDir, 'codex/auth.json'))).toBe(join(home(on), 'auth.json'));
    expect(statSync(join(on.dataDir, 'codex')).mode & 0o777).toBe(0o700);
    // The limits of the account, without a turn.
    await eventually(async () => (await call(`${on.url}/quota`)).body.data[0]?.used_percent === 12);
    expect((await call(`${on.url}/quota`)).body.data).toEqual([{ provider: 'codex', window: 'five_hour', used_percent: 12, resets_at: null, status: 'allowed' }]);
    await on.close();
    for (const { dataDir } of [off, on]) expect(processesOf(dataDir)).toEqual([]);
  });
});
