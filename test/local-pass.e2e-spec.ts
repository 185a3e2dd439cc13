import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { issueLocalPass } from '../src/auth/local-pass.js';
import { Passes } from '../src/auth/pass.js';
import { bootGateway, call, type Gateway } from './support/boot.js';

const root = 'sk-root-of-the-pass-test';
const chat = { model: 'demo', messages: [{ role: 'user', content: 'Hello' }] };

describe('the pass of a command on the gateway’s own machine', () => {
  let gateway: Gateway;
  let passes: Passes;
  beforeAll(async () => {
    gateway = await bootGateway({
      SHELLM_PROVIDERS: 'demo',
      SHELLM_CLIENTS: JSON.stringify({ root: { key: root, scopes: ['admin'] } }),
      SHELLM_TRUST_PROXY: '127.0.0.1/32',
    });
    passes = new Passes(readFileSync(join(gateway.dataDir, 'key-secret'), 'utf8').trim());
  });
  afterAll(() => gateway.close());

  const pass = (): string => issueLocalPass(passes, Date.now());
  const models = async (key: string, headers: Record<string, string> = {}): Promise<number> =>
    (await call(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${key}`, ...headers } })).status;

  it('asks and administers as the client "local", in usage too', async () => {
    const headers = { authorization: `Bearer ${pass()}` };
    expect((await call(`${gateway.url}/v1/chat/completions`, { headers, body: chat })).status).toBe(200);
    expect((await call(`${gateway.url}/admin/keys`, { headers })).status).toBe(200);
    const { body } = await call(`${gateway.url}/admin/usage?group_by=client`, { headers });
    expect(body.data).toEqual([expect.objectContaining({ client: 'local', requests: 1 })]);
    expect(await models(pass(), { authorization: '', 'x-api-key': pass() })).toBe(200);
  });

  it.each<[string, Record<string, string>]>([
    ['X-Forwarded-For', { 'x-forwarded-for': '127.0.0.1' }],
    ['X-Forwarded-Host', { 'x-forwarded-host': 'localhost' }],
    ['CF-Connecting-IP', { 'cf-connecting-ip': '127.0.0.1' }],
    ['Forwarded', { forwarded: 'for=127.0.0.1' }],
    ['Via', { via: '1.1 proxy' }],
  ])('is none with %s', async (_, headers) => {
    expect(await models(pass(), headers)).toBe(401);
  });

  it.each([
    ['10.0.0.9', '127.0.0.1'],
    ['::ffff:192.168.1.2', 'localhost'],
    ['127.0.0.1', 'gateway.example.com'],
  ])('is none from %s to %s', async (remoteAddress, host) => {
    const fastify = gateway.app.getHttpAdapter().getInstance() as unknown as { inject(options: object): Promise<{ statusCode: number; body: string }> };
    const ask = (from: string, to: string): Promise<{ statusCode: number; body: string }> =>
      fastify.inject({ method: 'GET', url: '/v1/models', remoteAddress: from, headers: { host: to, authorization: `Bearer ${pass()}` } });
    expect((await ask('127.0.0.1', '127.0.0.1:6100')).statusCode).toBe(200);
    const refused = await ask(remoteAddress, host);
    expect(refused.statusCode).toBe(401);
    expect(refused.body).not.toContain('shellm-local');
  });

  it('is none when it is over, forged, of another purpose, or shown at the sign-in', async () => {
    const now = Date.now();
    expect(await models(issueLocalPass(passes, now - 301_000))).toBe(401);
    expect(await models(issueLocalPass(new Passes('another secret, of the same length'), now))).toBe(401);
    expect(await models(`shellm-local-${passes.sign('dashboard', 'command', now + 60_000)}`)).toBe(401);
    expect((await call(`${gateway.url}/dashboard/api/sign-in`, { body: { key: pass() } })).status).toBe(401);
  });

  it('keeps its name from other clients', async () => {
    const { status, body } = await call(`${gateway.url}/admin/keys`, { headers: { authorization: `Bearer ${root}` }, body: { name: 'local' } });
    expect([status, body.error.param]).toEqual([400, 'name']);
    await expect(bootGateway({ SHELLM_CLIENTS: '{"local":{"key":"sk-x"}}' })).rejects.toThrow(/SHELLM_CLIENTS: a client name .*"local"/);
  });
});

describe('in open mode', () => {
  it('says no more than no pass, and opens nothing that was forwarded', async () => {
    const gateway = await bootGateway({ SHELLM_PROVIDERS: 'demo' });
    const headers = { authorization: `Bearer ${issueLocalPass(new Passes(readFileSync(join(gateway.dataDir, 'key-secret'), 'utf8').trim()), Date.now())}` };
    expect((await call(`${gateway.url}/v1/models`, { headers })).status).toBe(200);
    expect((await call(`${gateway.url}/v1/models`, { headers: { ...headers, 'x-forwarded-for': '127.0.0.1' } })).status).toBe(403);
    await gateway.close();
  });
});
