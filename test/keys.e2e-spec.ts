import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { RouteTable } from '../src/http/route-table.js';
import { Storage } from '../src/storage/storage.js';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { type TestDatabase, testStores } from './support/databases.js';
import { eventually } from './support/eventually.js';

const root = 'sk-root-of-the-test';
const withRoot = { authorization: `Bearer ${root}` };
const clients = JSON.stringify({ root: { key: root, scopes: ['admin'] }, plain: { key: 'sk-plain-of-the-test' }, metrics: { key: 'sk-metrics-of-the-test', scopes: ['metrics'] } });
const ask = { model: 'demo', messages: [{ role: 'user', content: 'Hello there' }] };
const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });

const stores = await testStores();

describe.each(stores)('issued keys over $name', (store) => {
  let gateway: Gateway;
  let database: TestDatabase;
  let environment: Record<string, string>;
  beforeAll(async () => {
    database = await store.make();
    environment = {
      SHELLM_DATA_DIR: database.dataDir,
      SHELLM_PROVIDERS: 'demo',
      ...(database.url === undefined
        ? {}
        : { DATABASE_URL: database.url, SHELLM_KEY_SECRET: 'a-secret-of-all-instances-of-the-test', SHELLM_WEBHOOK_SECRET: 'another-secret-of-all-of-them' }),
    };
    gateway = await bootGateway({ ...environment, SHELLM_CLIENTS: clients });
  });
  afterAll(async () => {
    await gateway.close();
    await database.remove();
  });
  const admin = (path: string, options: Parameters<typeof call>[1] = {}): ReturnType<typeof call> => call(`${gateway.url}/admin/keys${path}`, { headers: withRoot, ...options });
  const issue = async (fields: object): Promise<{ id: string; key: string }> => (await admin('', { body: fields })).body as { id: string; key: string };
  const chat = (key: string, body: object = ask): ReturnType<typeof call> => call(`${gateway.url}/v1/chat/completions`, { headers: bearer(key), body });

  it('issues a key that is shown once and serves at once', async () => {
    const { status, body } = await admin('', { body: { name: 'billing', rpm: 7, models: ['demo/*'], budget: { usd: 5, period: 'month' }, expires_at: '2099-01-01' } });
    expect(status).toBe(201);
    expect(body).toMatchObject({ object: 'api_key', name: 'billing', rpm: 7, models: ['demo/*'], scopes: ['completions'], redact: true, expires_at: 4070908800, revoked_at: null });
    expect(body.key).toMatch(/^sk-shellm-[\w-]{43}$/);
    expect(body.masked).toBe(`sk-shellm-…${(body.key as string).slice(-4)}`);
    expect(body.webhook_secret).toMatch(/^whsec_[\w+/]{43}=$/);
    const answer = await chat(body.key);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-ratelimit-limit-requests')).toBe('7');

    const listed = await admin('');
    expect((listed.body.data as { name: string; source: string }[]).map(({ name, source }) => [name, source])).toEqual([
      ['root', 'environment'],
      ['plain', 'environment'],
      ['metrics', 'environment'],
      ['billing', 'issued'],
    ]);
    for (const secret of [body.key, body.webhook_secret, root]) expect(JSON.stringify([listed.body, (await admin(`/${body.id}`)).body])).not.toContain(secret);
  });

  it('keeps what is owned, and ends the old value, when a key gets another one', async () => {
    const { id, key } = await issue({ name: 'rotating' });
    const session = (await call(`${gateway.url}/v1/chat/completions`, { headers: { ...bearer(key), 'x-shellm-session-id': 'new' }, body: ask })).headers.get('x-shellm-session-id');
    const { body } = await admin(`/${id}`, { method: 'PATCH', body: { rotate: true, rpm: 9 } });
    expect(body).toMatchObject({ id, name: 'rotating', rpm: 9 });
    expect((await chat(key)).status).toBe(401);
    const sessions = await call(`${gateway.url}/sessions`, { headers: bearer(body.key) });
    expect((sessions.body.data as { id: string }[]).map((each) => each.id)).toEqual([session]);
  });

  it('changes what is named, and brings defaults back by null', async () => {
    const { id, key } = await issue({ name: 'changing', rpm: 3, models: ['claude/*'], max_concurrent: 2 });
    expect((await chat(key)).body.error.code).toBe('model_not_allowed');
    const { status, body } = await admin(`/${id}`, { method: 'PATCH', body: { models: null, rpm: 0, name: 'changed' } });
    expect([status, body.models, body.rpm, body.name, body.max_concurrent, body.key]).toEqual([200, null, 0, 'changed', 2, undefined]);
    expect((await chat(key)).status).toBe(200);
  });

  it('revokes a key at once and for good; its name is free again', async () => {
    const { id, key } = await issue({ name: 'leaving' });
    expect((await admin(`/${id}`, { method: 'DELETE' })).body).toEqual({ id, object: 'api_key', deleted: true });
    expect((await chat(key)).status).toBe(401);
    for (const [path, method] of [
      [`/${id}`, 'GET'],
      [`/${id}`, 'DELETE'],
      ['/key_nope', 'GET'],
      ['/key_0%00', 'DELETE'],
    ] as const)
      expect((await admin(path, { method })).body.error.code).toBe('not_found');
    expect((await admin(`/${id}`, { method: 'PATCH', body: { rpm: 1 } })).status).toBe(404);
    expect((await admin('?revoked=true')).body.data).toContainEqual(expect.objectContaining({ id, revoked_at: expect.any(Number) }));
    expect((await admin('', { body: { name: 'leaving' } })).status).toBe(201);
  });

  it.each<[string, object, string]>([
    ['no name', {}, 'name'],
    ['a name with a space', { name: 'a b' }, 'name'],
    ['a name that is taken', { name: 'taken' }, 'name'],
    ["a configured client's name", { name: 'plain' }, 'name'],
    ['no number', { name: 'x', rpm: '7' }, 'rpm'],
    ['a negative number', { name: 'x', rpm: -1 }, 'rpm'],
    ['no concurrency', { name: 'x', max_concurrent: 0 }, 'max_concurrent'],
    ['an unknown scope', { name: 'x', scopes: ['root'] }, 'scopes'],
    ['no scope', { name: 'x', scopes: [] }, 'scopes'],
    ['no models', { name: 'x', models: [] }, 'models'],
    ['a pattern that matches nothing', { name: 'x', models: ['claude/*', 'opus'] }, 'models'],
    ['models that are no list', { name: 'x', models: 'claude/*' }, 'models'],
    ['a budget without a period', { name: 'x', budget: { usd: 1 } }, 'budget'],
    ['a budget of nothing', { name: 'x', budget: { period: 'day' } }, 'budget'],
    ['a time that has been', { name: 'x', expires_at: '2020-01-01' }, 'expires_at'],
    ['a time without a zone', { name: 'x', expires_at: '2099-01-01T00:00' }, 'expires_at'],
    ['milliseconds', { name: 'x', expires_at: 4070908800000 }, 'expires_at'],
    ['an unknown field', { name: 'x', rmp: 7 }, 'rmp'],
    ['its own key', { name: 'x', key: 'sk-shellm-mine' }, 'key'],
  ])('refuses %s', async (_, body, param) => {
    if (param === 'name') await admin('', { body: { name: 'taken' } });
    const answer = await admin('', { body });
    expect([answer.status, answer.body.error.code, answer.body.error.param]).toEqual([400, 'invalid_parameter', param]);
  });

  it('leaves the clients of SHELLM_CLIENTS to the environment', async () => {
    for (const options of [{ method: 'DELETE' }, { method: 'PATCH', body: { rpm: 1 } }]) {
      expect((await admin('/client:plain', options)).body.error).toMatchObject({ code: 'invalid_parameter', param: 'id' });
    }
    expect((await admin('/client:plain')).body).toMatchObject({ name: 'plain', source: 'environment', masked: null });
  });

  it('is for admins alone', async () => {
    const { key } = await issue({ name: 'not-an-admin', scopes: ['completions', 'metrics'] });
    for (const options of [{}, { body: { name: 'mine', scopes: ['admin'] } }]) {
      expect((await call(`${gateway.url}/admin/keys`, { headers: bearer(key), ...options })).body.error.code).toBe('insufficient_scope');
    }
  });

  it('is seen by another instance, with its end', async () => {
    const other = await bootGateway({ ...environment, SHELLM_CLIENTS: '{}' });
    try {
      const { id, key } = await issue({ name: 'everywhere' });
      const status = async (): Promise<number> => (await call(`${other.url}/v1/models`, { headers: bearer(key) })).status;
      await eventually(async () => (await status()) === 200, 5000);
      await admin(`/${id}`, { method: 'DELETE' });
      await eventually(async () => (await status()) !== 200, 5000);
    } finally {
      await other.close();
    }
  });

  it('stays in force, and cannot be changed, while the database is away', async () => {
    const { id, key } = await issue({ name: 'lasting' });
    const { db } = gateway.app.get(Storage);
    const unanswered = jest.spyOn(db, 'transaction').mockImplementation(() => {
      throw new Error('connect ECONNREFUSED');
    });
    try {
      for (const change of [admin('', { body: { name: 'late' } }), admin(`/${id}`, { method: 'PATCH', body: { rotate: true } }), admin(`/${id}`, { method: 'DELETE' })]) {
        const { status, headers, body } = await change;
        expect([status, body.error.code, headers.get('retry-after')]).toEqual([503, 'provider_unavailable', '5']);
      }
      expect((await chat(key)).status).toBe(200);
    } finally {
      unanswered.mockRestore();
    }
  });

  it('lists the living while the database is away; for the revoked it is a 503', async () => {
    const { db } = gateway.app.get(Storage);
    const unanswered = jest.spyOn(db, 'selectFrom').mockImplementation(() => {
      throw new Error('connect ECONNREFUSED');
    });
    try {
      const { status, headers, body } = await admin('?revoked=true');
      expect([status, headers.get('retry-after')]).toEqual([503, '5']);
      expect(body.error).toEqual({ type: 'api_error', code: 'provider_unavailable', param: null, message: 'The database of keys does not answer. Revoked keys cannot be listed.' });
      expect((await admin('')).status).toBe(200);
    } finally {
      unanswered.mockRestore();
    }
    expect((await admin('?revoked=true')).status).toBe(200);
  });

  it('keeps no value in the database, nor beside it', async () => {
    const { key } = await issue({ name: 'hidden' });
    for (const name of await readdir(database.dataDir, { recursive: true, withFileTypes: true })) {
      if (name.isFile()) expect((await readFile(join(name.parentPath, name.name))).includes(key.slice('sk-shellm-'.length))).toBe(false);
    }
  });
});

describe('open mode', () => {
  it('ends for good with the first key, which has to be an admin’s', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'keys-'));
    const first = await bootGateway({ SHELLM_DATA_DIR: dataDir });
    expect((await call(`${first.url}/v1/models`)).status).toBe(200);
    expect((await call(`${first.url}/admin/keys`, { body: { name: 'app' } })).body.error).toMatchObject({ code: 'invalid_parameter', param: 'scopes' });
    const { id, key } = (await call(`${first.url}/admin/keys`, { body: { name: 'ops', scopes: ['admin'] } })).body;
    expect((await call(`${first.url}/v1/models`)).status).toBe(401);
    // A tunnel may stand before it now.
    expect((await call(`${first.url}/v1/models`, { headers: { ...bearer(key), 'x-forwarded-for': '192.0.2.1' } })).status).toBe(200);
    expect((await call(`${first.url}/admin/keys/${id}`, { method: 'DELETE', headers: bearer(key) })).status).toBe(200);
    expect((await call(`${first.url}/v1/models`)).status).toBe(401);
    await first.close();

    const second = await bootGateway({ SHELLM_DATA_DIR: dataDir, SHELLM_AUTH: 'off' });
    expect((await call(`${second.url}/v1/models`)).status).toBe(401);
    await second.close();
    await rm(dataDir, { recursive: true });
  });

  it('does not come back when the clients are lost, nor when the secret is another', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'keys-'));
    await (await bootGateway({ SHELLM_DATA_DIR: dataDir, SHELLM_CLIENTS: clients })).close();
    const lost = await bootGateway({ SHELLM_DATA_DIR: dataDir });
    expect((await call(`${lost.url}/v1/models`)).status).toBe(401);
    await lost.close();
    const again = await bootGateway({ SHELLM_DATA_DIR: dataDir, SHELLM_CLIENTS: clients });
    const { key } = (await call(`${again.url}/admin/keys`, { headers: withRoot, body: { name: 'app' } })).body;
    await again.close();
    const another = await bootGateway({ SHELLM_DATA_DIR: dataDir, SHELLM_KEY_SECRET: 'another secret of more than 32 characters' });
    expect((await call(`${another.url}/v1/models`, { headers: bearer(key) })).status).toBe(401);
    await another.close();
    await rm(dataDir, { recursive: true });
  });

  it.each([
    [{ SHELLM_KEY_SECRET: '' }, /^SHELLM_KEY_SECRET: must have at least 32 characters/],
    [{ SHELLM_KEY_SECRET: 'short' }, /^SHELLM_KEY_SECRET: must have at least 32 characters/],
    [{ DATABASE_URL: 'postgres://127.0.0.1:1/none' }, /^SHELLM_KEY_SECRET: must be set with DATABASE_URL/],
  ])('refuses to start with %j', async (environment, message) => {
    await expect(bootGateway(environment as unknown as Record<string, string>)).rejects.toThrow(message);
  });
});

describe('shellm keys', () => {
  const shellm = resolve(import.meta.dirname, '../bin/shellm');
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await bootGateway({ SHELLM_CLIENTS: clients });
  });
  afterAll(() => gateway.close());
  const run = (...args: string[]): Promise<{ stdout: string; stderr: string }> =>
    promisify(execFile)(process.execPath, [shellm, 'keys', ...args], {
      env: { PATH: '/usr/bin:/bin', HOME: gateway.dataDir, SHELLM_DATA_DIR: gateway.dataDir, SHELLM_CLIENTS: clients },
      cwd: gateway.dataDir,
    });

  it('issues, lists and revokes keys beside a running gateway', async () => {
    const { stdout } = await run('create', 'script', '--rpm', '5', '--scopes', 'completions,metrics', '--json');
    const { key, id } = JSON.parse(stdout) as { key: string; id: string };
    const status = async (): Promise<number> => (await call(`${gateway.url}/v1/models`, { headers: bearer(key) })).status;
    await eventually(async () => (await status()) === 200, 5000);
    const listed = (await run('list')).stdout;
    expect(listed).toContain(`${id}  script  sk-shellm-…${key.slice(-4)}`);
    expect(listed).not.toContain(key);
    expect((await run('revoke', 'script')).stdout).toMatch(/^revoked script/);
    expect((await run('create', 'receiver')).stdout).toMatch(/^sk-shellm-\S{43}\n\nreceiver \(key_\w+\): completions\. .*\n.* whsec_\S{44}\n$/);
    await eventually(async () => (await status()) !== 200, 5000);
  });

  it('says in one line what is wrong', async () => {
    for (const [args, line] of [
      [['create', 'a b'], 'shellm: Invalid value for \'name\': must be 1 to 64 letters, digits or . _ @ -, and not "local".\n'],
      [['create', 'x', '--rpm', 'many'], "shellm: Invalid value for 'rpm': must be a whole number, 0 for no limit.\n"],
      [['create', 'plain'], 'shellm: there is a client of the name "plain" in SHELLM_CLIENTS already\n'],
      [['revoke', 'nobody'], 'shellm: there is no key "nobody"; `shellm keys list` shows them\n'],
    ] as const) {
      await expect(run(...args)).rejects.toMatchObject({ code: 1, stderr: line, stdout: '' });
    }
  });
});

describe('the route table', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await bootGateway({ SHELLM_CLIENTS: clients });
  });
  afterAll(() => gateway.close());
  const publicRoutes = /^\/(health(\/live|\/ready)?|docs.*|dashboard(\/(?!api\/)[\w/*.-]*|\/api\/(me|sign-in|sign-out))?)$/;

  it('has no route that is neither public nor guarded', async () => {
    const { routes } = gateway.app.get(RouteTable);
    expect(routes.length).toBeGreaterThan(25);
    const wrong: string[] = [];
    for (const { url, methods } of routes) {
      const path = url.replace(/:\w+/g, 'some-id').replace('*', 'some/name');
      for (const method of methods) {
        const body = ['POST', 'PUT', 'PATCH'].includes(method) ? '{}' : undefined;
        const send = (headers: Record<string, string>): Promise<number> =>
          fetch(gateway.url + path, { method, headers: { 'content-type': 'application/json', ...headers }, ...(body === undefined ? {} : { body }) }).then(async (response) => {
            await response.arrayBuffer();
            return response.status;
          });
        const anonymous = await send({});
        const guarded = anonymous === 401 && (await send(bearer(/^\/(admin|dashboard|metrics)/.test(url) ? 'sk-plain-of-the-test' : 'sk-metrics-of-the-test'))) === 403;
        if (publicRoutes.test(path) ? anonymous === 401 : !guarded) wrong.push(`${method} ${url}: ${anonymous}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('is documented with the scope that each route needs', async () => {
    const { paths } = (await call(`${gateway.url}/docs-json`)).body as { paths: Record<string, Record<string, Record<string, unknown>>> };
    const operations = Object.entries(paths).flatMap(([path, methods]) => Object.values(methods).map((operation) => ({ path, operation })));
    for (const { path, operation } of operations) {
      const scope = publicRoutes.test(path) ? undefined : path.startsWith('/admin') ? 'admin' : path === '/metrics' ? 'metrics' : 'completions';
      expect([path, operation['x-required-scope'], operation['security']]).toEqual([
        path,
        scope,
        scope === undefined ? [] : expect.arrayContaining([{ bearer: [] }, { 'x-api-key': [] }]),
      ]);
    }
    expect(operations.length).toBeGreaterThan(20);
  });
});
