import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { signIn } from './support/dashboard.js';

const clients = JSON.stringify({ root: { key: 'sk-root-of-the-test', scopes: ['admin'] }, plain: { key: 'sk-plain-of-the-test' } });
const withRoot = { authorization: 'Bearer sk-root-of-the-test' };
const chat = { model: 'demo', messages: [{ role: 'user', content: 'Hello there' }] };

describe('signing in to the dashboard', () => {
  let gateway: Gateway;
  let signedIn: Record<string, string>;
  const at = (path: string, options: Parameters<typeof call>[1] = {}): ReturnType<typeof call> => call(gateway.url + path, options);
  const issue = async (scopes: string[]): Promise<{ id: string; key: string }> =>
    (await at('/admin/keys', { headers: withRoot, body: { name: `k${Math.random().toString(36).slice(2)}`, scopes } })).body as { id: string; key: string };
  beforeAll(async () => {
    gateway = await bootGateway({ SHELLM_PROVIDERS: 'demo', SHELLM_CLIENTS: clients, SHELLM_CORS_ORIGINS: 'https://listed.example', SHELLM_TRUST_PROXY: '127.0.0.1/32' });
    signedIn = await signIn(gateway.url, 'sk-root-of-the-test');
  });
  afterAll(() => gateway.close());

  it('sets a cookie that scripts cannot read, for twelve hours', async () => {
    const { status, headers, body } = await at('/dashboard/api/sign-in', { body: { key: ' sk-root-of-the-test ' } });
    expect([status, body]).toEqual([204, undefined]);
    expect(headers.get('set-cookie')).toMatch(/^shellm_dashboard=[\w-]+\.[\w-]+; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/);
    expect(headers.get('set-cookie')).not.toContain('sk-root');
    const https = await at('/dashboard/api/sign-in', { headers: { 'x-forwarded-proto': 'https' }, body: { key: 'sk-root-of-the-test' } });
    expect(https.headers.get('set-cookie')).toMatch(/; Secure$/);
    const out = await at('/dashboard/api/sign-out', { method: 'POST', headers: signedIn });
    expect([out.status, out.headers.get('set-cookie')]).toEqual([204, 'shellm_dashboard=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict']);
  });

  it('says who is signed in', async () => {
    expect(await at('/dashboard/api/me')).toMatchObject({ status: 200, body: { open: false, client: null, version: expect.any(String) } });
    expect(await at('/dashboard/api/me', { headers: signedIn })).toMatchObject({ status: 200, body: { open: false, client: { name: 'root', scopes: ['admin'] } } });
    expect((await at('/dashboard/api/me', { headers: { ...signedIn, cookie: `${signedIn['cookie']}x` } })).body.client).toBeNull();
  });

  it('stands for the key on every route', async () => {
    expect((await at('/v1/chat/completions', { headers: signedIn, body: chat })).status).toBe(200);
    expect((await at('/completions', { headers: signedIn, body: { prompt: 'Hello', provider: 'demo' } })).status).toBe(200);
    expect((await at('/jobs?all=true', { headers: signedIn })).status).toBe(200);
    const created = await at('/admin/keys', { headers: signedIn, body: { name: 'made-in-the-dashboard' } });
    expect(created.status).toBe(201);
    expect((await at(`/admin/keys/${created.body.id as string}`, { method: 'PATCH', headers: signedIn, body: { rpm: 5 } })).body.rpm).toBe(5);
    expect((await at(`/admin/keys/${created.body.id as string}`, { method: 'DELETE', headers: signedIn })).status).toBe(200);
    expect((await at('/admin/usage?group_by=client', { headers: signedIn })).body.data).toEqual([expect.objectContaining({ client: 'root', requests: 2 })]);
  });

  const page = { 'sec-fetch-site': 'same-origin' };
  it.each<[string, (cookie: string, host: string) => Record<string, string>, number]>([
    ['of its own page', (cookie, host) => ({ ...page, cookie, origin: `http://${host}`, 'x-shellm-dashboard': '1' }), 200],
    ['of its own page, among other cookies', (cookie) => ({ cookie: `a=b; ${cookie}; c=d`, 'x-shellm-dashboard': '1' }), 200],
    ['without the header', (cookie) => ({ cookie }), 401],
    ['with another value of it', (cookie) => ({ cookie, 'x-shellm-dashboard': 'yes' }), 401],
    ['of a listed origin', (cookie) => ({ cookie, origin: 'https://listed.example', 'x-shellm-dashboard': '1' }), 401],
    ['of a foreign origin', (cookie) => ({ cookie, origin: 'https://foreign.example', 'x-shellm-dashboard': '1' }), 403],
    ['of no origin at all', (cookie) => ({ cookie, origin: 'null', 'x-shellm-dashboard': '1' }), 403],
    ['of another port of this machine', (cookie) => ({ cookie, 'sec-fetch-site': 'same-site', 'x-shellm-dashboard': '1' }), 401],
    ['beside a wrong key', (cookie) => ({ cookie, authorization: 'Bearer sk-wrong', 'x-shellm-dashboard': '1' }), 401],
    ['beside an empty x-api-key', (cookie) => ({ cookie, 'x-api-key': '', 'x-shellm-dashboard': '1' }), 401],
    ['beside a key that may less', (cookie) => ({ cookie, 'x-api-key': 'sk-plain-of-the-test', 'x-shellm-dashboard': '1' }), 403],
    ['under another name', (cookie) => ({ cookie: `x${cookie}`, 'x-shellm-dashboard': '1' }), 401],
  ])('counts the cookie of a request %s, or not', async (_, headersOf, expected) => {
    const headers = headersOf(signedIn['cookie'] ?? '', new URL(gateway.url).host);
    expect((await at('/admin/keys', { headers })).status).toBe(expected);
    if (expected === 200) return;
    expect((await at('/admin/keys', { headers, body: { name: 'by-somebody-else' } })).status).toBe(expected);
    expect(JSON.stringify((await at('/admin/keys', { headers: withRoot })).body)).not.toContain('by-somebody-else');
  });

  it('lets no page of another origin ask for it', async () => {
    const ask = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-shellm-dashboard,content-type' };
    expect((await at('/admin/keys', { method: 'OPTIONS', headers: { ...ask, origin: 'https://foreign.example' } })).status).toBe(403);
    const listed = await at('/admin/keys', { method: 'OPTIONS', headers: { ...ask, origin: 'https://listed.example' } });
    expect(listed.headers.get('access-control-allow-credentials')).toBeNull();
    for (const path of ['/dashboard/api/sign-in', '/dashboard/api/sign-out']) {
      const forced = await at(path, { headers: { origin: 'https://listed.example' }, body: { key: 'sk-root-of-the-test' } });
      expect([forced.status === 403 || forced.status === 401, forced.headers.get('set-cookie')]).toEqual([true, null]);
    }
  });

  it('is for admins', async () => {
    for (const key of ['sk-plain-of-the-test', (await issue(['completions', 'metrics'])).key]) {
      const { status, body, headers } = await at('/dashboard/api/sign-in', { body: { key } });
      expect([status, body.error.code, headers.get('set-cookie')]).toEqual([403, 'insufficient_scope', null]);
    }
  });

  it.each(['revoked', 'replaced', 'no admin’s any more'])('ends with its key, at once: one that is %s', async (how) => {
    const { id, key } = await issue(['admin', 'completions']);
    const headers = await signIn(gateway.url, key);
    expect((await at('/admin/keys', { headers })).status).toBe(200);
    if (how === 'revoked') await at(`/admin/keys/${id}`, { method: 'DELETE', headers: withRoot });
    else await at(`/admin/keys/${id}`, { method: 'PATCH', headers: withRoot, body: how === 'replaced' ? { rotate: true } : { scopes: ['completions'] } });
    for (const path of ['/admin/keys', '/v1/models']) expect((await at(path, { headers })).status).toBe(401);
  });

  it.each<[string, unknown, number, string]>([
    ['no key', {}, 400, 'invalid_parameter'],
    ['a key that is no text', { key: ['sk-root-of-the-test'] }, 400, 'invalid_parameter'],
    ['more than a key', { key: 'sk-root-of-the-test', remember: true }, 400, 'invalid_parameter'],
    ['no object', '"sk-root-of-the-test"', 400, 'invalid_parameter'],
    ['no JSON', '{', 400, 'invalid_json'],
    ['a long body', { key: 'x'.repeat(5000) }, 401, 'invalid_api_key'],
  ])('refuses %s', async (_, body, status, code) => {
    const answer = await at('/dashboard/api/sign-in', { body });
    expect([answer.status, answer.body.error.code, answer.headers.get('set-cookie')]).toEqual([status, code, null]);
  });

  it('counts wrong keys like any other', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 12; n++) statuses.push((await at('/dashboard/api/sign-in', { headers: { 'x-forwarded-for': '203.0.113.9' }, body: { key: `sk-wrong-${n}` } })).status);
    expect(statuses.slice(0, 10)).toEqual(Array<number>(10).fill(401));
    expect(statuses.slice(10)).toEqual([429, 429]);
    // The right key is never refused for it.
    expect((await at('/dashboard/api/sign-in', { headers: { 'x-forwarded-for': '203.0.113.9' }, body: { key: 'sk-root-of-the-test' } })).status).toBe(204);
  });
});

describe('the dashboard where nobody needs a key', () => {
  it('works without signing in', async () => {
    const gateway = await bootGateway({ SHELLM_PROVIDERS: 'demo' });
    expect((await call(`${gateway.url}/dashboard/api/me`)).body).toMatchObject({ open: true, client: { name: 'open' } });
    const { status, headers } = await call(`${gateway.url}/dashboard/api/sign-in`, { body: { key: 'anything' } });
    expect([status, headers.get('set-cookie')]).toEqual([204, null]);
    for (const path of ['/admin/keys', '/admin/usage', '/jobs?all=true', '/v1/models']) expect((await call(gateway.url + path)).status).toBe(200);
    await gateway.close();
  });
});
