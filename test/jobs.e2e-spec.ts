import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type ServerResponse } from 'node:http';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { testStores } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { MockVendor } from './support/mock-vendor.js';
import { type Callback, Receiver } from './support/receiver.js';
import { DeliveryTimes } from '../src/runs/jobs/delivery-times.js';
import { CallbackTargets } from '../src/runs/jobs/callback-targets.js';
import { AllowList } from '../src/dialer/allow-list.js';

const OWN_SECRET = `whsec_${Buffer.from('o'.repeat(32)).toString('base64')}`;
const clients = {
  app: { key: 'app-key' },
  own: { key: 'own-key', webhook_secret: OWN_SECRET },
  tiny: { key: 'tiny-key', models: ['demo/*'] },
  boss: { key: 'boss-key', scopes: ['admin'] },
};

describe.each(await testStores())('jobs over $name', (store) => {
  let receiver: Receiver;
  let vendor: MockVendor;
  let gateway: Gateway;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    const database = await store.make();
    remove = () => database.remove();
    receiver = await Receiver.start();
    vendor = await MockVendor.start();
    writeFileSync(join(database.dataDir, 'shellm.config.yaml'), 'callbacks: { allow: ["127.0.0.1/32"] }\n');
    gateway = await bootGateway({
      ...(database.url === undefined ? {} : { DATABASE_URL: database.url, SHELLM_KEY_SECRET: 'k'.repeat(32), SHELLM_WEBHOOK_SECRET: 'the gateway has a secret of its own' }),
      SHELLM_CONFIG: join(database.dataDir, 'shellm.config.yaml'),
      SHELLM_CLIENTS: JSON.stringify(clients),
      SHELLM_PROVIDERS: 'openai,demo',
      OPENAI_API_KEY: 'k',
      OPENAI_BASE_URL: `${vendor.url}/v1`,
    });
    Object.assign(gateway.app.get(DeliveryTimes), { pausesMs: [20, 20, 20], timeoutMs: 300 });
  });
  afterEach(() => {
    receiver.answer = (response) => response.writeHead(204).end();
  });
  afterAll(async () => {
    await gateway.close();
    await receiver.close();
    await vendor.close();
    await remove();
  });

  type Answer = Awaited<ReturnType<typeof call>>;
  const as = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });
  const simple = (path: string, more: object = {}, headers: Record<string, string> = as('app-key')): Promise<Answer> =>
    call(`${gateway.url}/completions`, { body: { prompt: 'Hello there', model: 'demo', callback_url: `${receiver.url}${path}`, ...more }, headers });
  const chat = (path: string, more: object = {}, headers: Record<string, string> = as('app-key')): Promise<Answer> =>
    call(`${gateway.url}/v1/chat/completions`, {
      body: { messages: [{ role: 'user', content: 'Hello there' }], model: 'openai/gpt-mock', callback_url: `${receiver.url}${path}`, ...more },
      headers,
    });
  const job = (id: string, key = 'app-key', query = ''): Promise<Answer> => call(`${gateway.url}/jobs/${id}${query}`, { headers: as(key) });
  const settled = async (id: string, key = 'app-key'): Promise<Answer['body']> => {
    let last: Answer | undefined;
    await eventually(async () => {
      last = await job(id, key);
      return last.body.delivery !== undefined && last.body.delivery.state !== 'pending';
    }, 15_000);
    return last?.body;
  };
  const told = async (path: string, times = 1): Promise<Callback> => {
    await eventually(() => receiver.to(path).length >= times, 15_000);
    return receiver.to(path).at(-1)!;
  };
  const verify = ({ headers, body }: Callback, secret: string): unknown =>
    new Webhook(secret, secret.startsWith('whsec_') ? {} : { format: 'raw' }).verify(body, headers as Record<string, string>);
  const gatewaySecret = (): string => (store.name === 'SQLite' ? readFileSync(join(gateway.dataDir, 'webhook-secret'), 'utf8') : 'the gateway has a secret of its own');

  it('are accepted at once, and told as they can be asked for, signed', async () => {
    const accepted = await simple('/told?token=secret', { system: 'Be brief.' });
    expect([accepted.status, accepted.body]).toEqual([202, { id: expect.stringMatching(/^job_[0-9a-f]{32}$/), object: 'job', status: 'queued', created_at: expect.any(Number) }]);
    const { id } = accepted.body;
    const callback = await told('/told?token=secret');
    expect(callback.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': id, 'user-agent': expect.stringMatching(/^shellm\//) });
    const { delivery, ...asked } = await settled(id);
    expect(verify(callback, gatewaySecret())).toEqual(asked);
    expect(() => verify(callback, OWN_SECRET)).toThrow('No matching signature found');
    expect(() => verify({ ...callback, body: `${callback.body} ` }, gatewaySecret())).toThrow('No matching signature found');
    expect(delivery).toEqual({ state: 'delivered', attempts: 1, next_at: null, last_error: null });
    const answer = await call(`${gateway.url}/completions`, { body: { prompt: 'Hello there', model: 'demo', system: 'Be brief.' }, headers: as('app-key') });
    expect(asked).toEqual({
      id,
      object: 'job',
      status: 'succeeded',
      result: { ...answer.body, request_id: id, duration_ms: expect.any(Number) },
      created_at: accepted.body.created_at,
      finished_at: expect.any(Number),
    });
  });

  it("are signed with the client's own secret where it has one", async () => {
    const { body } = await simple('/own', {}, as('own-key'));
    expect(verify(await told('/own'), OWN_SECRET)).toMatchObject({ id: body.id });
    const issued = await call(`${gateway.url}/admin/keys`, { body: { name: 'issued' }, headers: as('boss-key') });
    const { body: second } = await simple('/issued', {}, as(issued.body.key));
    expect(verify(await told('/issued'), issued.body.webhook_secret)).toMatchObject({ id: second.id });
  });

  it("hold an API vendor's answer as it is, and its refusal", async () => {
    const answer = {
      id: 'c',
      object: 'chat.completion',
      created: 1,
      model: 'gpt-mock',
      odd: 1,
      choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
    };
    vendor.json(200, answer);
    const { body } = await chat('/vendor', { n: 2, logprobs: true });
    expect(JSON.parse((await told('/vendor')).body)).toMatchObject({ id: body.id, status: 'succeeded', result: { odd: 1, choices: answer.choices } });
    expect(JSON.parse(vendor.requests.at(-1)?.body ?? '{}')).toEqual({ model: 'gpt-mock', messages: [{ role: 'user', content: 'Hello there' }], n: 2, logprobs: true });
    vendor.json(422, { error: { message: 'odd request', type: 'odd', code: null, param: null } });
    const { body: refused } = await chat('/refused', { fallback: false });
    expect(JSON.parse((await told('/refused')).body)).toEqual({
      id: refused.id,
      object: 'job',
      status: 'failed',
      error: { message: 'odd request', type: 'odd', code: null, param: null },
      created_at: expect.any(Number),
      finished_at: expect.any(Number),
    });
  });

  it.each([
    [{ prompt: '' }, {}, 'prompt'],
    [{ temperature: 9 }, {}, 'temperature'],
    [{ provider: 'nobody' }, {}, 'provider'],
    [{ stream: true }, {}, 'stream'],
    [{ template: 'none', prompt: undefined }, {}, 'template'],
    [{ conversation_id: `conv_${'0'.repeat(48)}` }, {}, 'conversation_id'],
    [{ callback_url: 5 }, {}, 'callback_url'],
    [{ callback_url: 'ftp://example.com/' }, {}, 'callback_url'],
    [{ callback_url: 'https://user:password@example.com/' }, {}, 'callback_url'],
    [{ callback_url: '/relative' }, {}, 'callback_url'],
    [{ callback_url: 'http://169.254.169.254/latest/meta-data' }, {}, 'callback_url'],
    [{ callback_url: 'http://[::1]:8080/' }, {}, 'callback_url'],
    [{ callback_url: 'http://[::ffff:10.0.0.1]/' }, {}, 'callback_url'],
    [{ callback_url: 'http://0x7f.1.1.1/' }, {}, 'callback_url'],
    [{ callback_url: 'http://2130706434/' }, {}, 'callback_url'],
    [{ callback_url: 'http://LOCALHOST:1/' }, {}, 'callback_url'],
    [{}, { 'x-shellm-session-id': 'new' }, 'X-SheLLM-Session-ID'],
    [{}, { 'x-claude-session-id': 'new' }, 'X-Claude-Session-ID'],
    [{}, { 'x-openai-api-key': 'mine' }, 'X-OpenAI-API-Key'],
  ])('are refused at once where they could not run: %j %j', async (more, headers, param) => {
    const { status, body } = await simple('/never', more, { ...as('app-key'), ...headers });
    expect([status >= 400 && status < 500, body.error.param]).toEqual([true, param]);
    expect(body.error.message).not.toContain('169.254');
  });

  it('are refused where the URL is longer than it may be', async () => {
    expect((await simple('/never', { callback_url: `https://example.com/${'x'.repeat(2048)}` })).body.error).toMatchObject({ code: 'invalid_parameter', param: 'callback_url' });
  });

  it('are refused where their key may not use the model, and where their answer would be a stream', async () => {
    const refused = await chat('/never', {}, as('tiny-key'));
    expect([refused.status, refused.body.error.code]).toEqual([403, 'model_not_allowed']);
    const streamed = await call(`${gateway.url}/completions/stream`, { body: { prompt: 'x', model: 'demo', callback_url: receiver.url }, headers: as('app-key') });
    expect([streamed.status, streamed.body.error.param]).toEqual([400, 'callback_url']);
  });

  it('go on with a conversation when they run', async () => {
    const { body: conversation } = await call(`${gateway.url}/conversations`, { body: {}, headers: as('app-key') });
    const { body } = await simple('/conversation', { conversation_id: conversation.id });
    expect(JSON.parse((await told('/conversation')).body)).toMatchObject({ id: body.id, status: 'succeeded' });
    const { messages } = (await call(`${gateway.url}/conversations/${conversation.id}`, { headers: as('app-key') })).body as { messages: { role: string }[] };
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant']);
  });

  it('are accepted once for an Idempotency-Key', async () => {
    const headers = { ...as('app-key'), 'idempotency-key': 'job-once' };
    const [first, second] = [await simple('/once', {}, headers), await simple('/once', {}, headers)];
    expect([first.status, second.status, second.body]).toEqual([202, 202, first.body]);
    await settled(first.body.id);
    expect(receiver.to('/once')).toHaveLength(1);
  });

  it('are told again, under the same id, until they are taken', async () => {
    let failing = 2;
    receiver.answer = (response) => response.writeHead(failing-- > 0 ? 500 : 200).end('x'.repeat(1000));
    const { body } = await simple('/flaky');
    expect((await settled(body.id)).delivery).toEqual({ state: 'delivered', attempts: 3, next_at: null, last_error: null });
    const tries = receiver.to('/flaky');
    expect(tries.map(({ headers }) => headers['webhook-id'])).toEqual([body.id, body.id, body.id]);
    for (const each of tries) expect(verify(each, gatewaySecret())).toMatchObject({ id: body.id });
  });

  it('are given up after the last try, shown to an admin, and told again when that is asked for', async () => {
    receiver.answer = (response) => response.writeHead(503).end();
    const { body } = await simple('/dead?password=hidden');
    expect((await settled(body.id)).delivery).toEqual({ state: 'dead', attempts: 4, next_at: null, last_error: 'The receiver answered with the status 503.' });
    const dead = await call(`${gateway.url}/jobs?all=true&delivery=dead`, { headers: as('boss-key') });
    expect(dead.body.data).toEqual([expect.objectContaining({ id: body.id, client: 'app', status: 'succeeded', delivery: expect.objectContaining({ state: 'dead' }) })]);
    expect(JSON.stringify(dead.body)).not.toContain('hidden');
    receiver.answer = (response) => response.writeHead(200).end();
    const again = await call(`${gateway.url}/jobs/${body.id}/redeliver?all=true`, { method: 'POST', headers: as('boss-key') });
    expect([again.status, again.body.delivery.state]).toEqual([200, expect.stringMatching(/pending|delivered/)]);
    expect((await settled(body.id)).delivery).toMatchObject({ state: 'delivered', attempts: 1 });
    expect(new Set(receiver.to('/dead?password=hidden').map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it.each<[string, (response: ServerResponse) => void, object]>([
    ['wants no more', (response) => response.writeHead(410).end(), { state: 'dead', attempts: 1, last_error: 'The receiver answered with the status 410.' }],
    [
      'redirects',
      (response) => response.writeHead(302, { location: '/elsewhere' }).end(),
      { state: 'dead', attempts: 4, last_error: 'The receiver redirects, which is not followed.' },
    ],
    ['never answers', () => undefined, { state: 'dead', attempts: 4, last_error: 'The receiver did not answer in time.' }],
    ['hangs up', (response) => response.destroy(), { state: 'dead', attempts: 4, last_error: 'The receiver did not answer.' }],
    [
      'answers without an end',
      (response) => {
        response.writeHead(200);
        const more = (): void => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536)));
        };
        response.on('drain', more);
        more();
      },
      { state: 'delivered', attempts: 1 },
    ],
  ])('bear with a receiver that %s', async (name, answer, delivery) => {
    receiver.answer = answer;
    const { body } = await simple(`/${name.replaceAll(' ', '-')}`);
    expect((await settled(body.id)).delivery).toMatchObject(delivery);
    expect(receiver.to('/elsewhere')).toEqual([]);
  });

  it('are not told to a name that leads to this machine, whatever it led to before', async () => {
    const { body } = await simple('/x', { callback_url: `${receiver.url.replace('127.0.0.1', 'localtest.invalid')}/x` });
    expect((await settled(body.id)).delivery).toMatchObject({ state: 'dead', last_error: 'The host of the URL is unknown or may not be reached.' });
    // What was allowed when it was accepted may be so no more when it is told.
    const targets = gateway.app.get(CallbackTargets);
    const allowed = Object.getOwnPropertyDescriptor(CallbackTargets.prototype, 'allow')!;
    Object.defineProperty(targets, 'allow', { configurable: true, value: new AllowList([], 'callbacks.allow') });
    const { body: second } = await simple('/forbidden');
    expect((await settled(second.id)).delivery).toMatchObject({ state: 'dead', last_error: 'The host of the URL is unknown or may not be reached.' });
    Object.defineProperty(targets, 'allow', { configurable: true, ...allowed });
    delete (targets as { allow?: unknown }).allow;
    expect(receiver.to('/forbidden')).toEqual([]);
  });

  it("end their turn at the vendor when they are cancelled, and are erased when they are over; another client's are not there", async () => {
    vendor.answer(() => new Promise(() => undefined));
    const { body } = await chat('/cancelled');
    await eventually(() => vendor.requests.length === 1, 5000);
    expect((await job(body.id)).body.status).toBe('running');
    expect((await job(body.id, 'own-key')).status).toBe(404);
    expect((await call(`${gateway.url}/jobs/${body.id}`, { method: 'DELETE', headers: as('own-key') })).status).toBe(404);
    const cancelled = await call(`${gateway.url}/jobs/${body.id}`, { method: 'DELETE', headers: as('app-key') });
    expect(cancelled.body).toEqual({ id: body.id, object: 'job', status: 'cancelled', created_at: expect.any(Number), finished_at: expect.any(Number) });
    await eventually(() => vendor.aborted === 1, 5000);
    expect((await call(`${gateway.url}/jobs/${body.id}/redeliver`, { method: 'POST', headers: as('app-key') })).status).toBe(400);
    const erased = await call(`${gateway.url}/jobs/${body.id}`, { method: 'DELETE', headers: as('app-key') });
    expect(erased.body).toEqual({ id: body.id, object: 'job', deleted: true });
    expect((await job(body.id)).status).toBe(404);
    expect(receiver.to('/cancelled')).toEqual([]);
  });

  it('run as their client is by then: a key that was revoked makes nothing more', async () => {
    const issued = await call(`${gateway.url}/admin/keys`, { body: { name: 'short-lived' }, headers: as('boss-key') });
    vendor.answer(() => new Promise(() => undefined));
    // All that can run at once.
    const blocking = await Promise.all([1, 2, 3, 4].map(() => chat('/never')));
    await eventually(() => vendor.requests.length === 4, 5000);
    const { body } = await chat('/revoked', {}, as(issued.body.key));
    await call(`${gateway.url}/admin/keys/${issued.body.id}`, { method: 'DELETE', headers: as('boss-key') });
    for (const { body: blocked } of blocking) await call(`${gateway.url}/jobs/${blocked.id}`, { method: 'DELETE', headers: as('app-key') });
    const callback = await told('/revoked');
    expect(verify(callback, issued.body.webhook_secret)).toMatchObject({ id: body.id, status: 'failed', error: { code: 'invalid_api_key' } });
    expect(vendor.requests).toHaveLength(4);
  });

  it('are listed a page at a time, without their answers, to their client and to an admin', async () => {
    const made: string[] = [];
    for (const path of ['/a', '/b', '/c']) made.unshift(((await simple(path)).body as { id: string }).id);
    for (const id of made) await settled(id);
    const first = await call(`${gateway.url}/jobs?limit=2&status=succeeded`, { headers: as('app-key') });
    expect([(first.body.data as { id: string }[]).map(({ id }) => id), first.body.has_more, first.body.data[0].result]).toEqual([made.slice(0, 2), true, undefined]);
    const second = await call(`${gateway.url}/jobs?limit=1&after=${first.body.last_id}`, { headers: as('app-key') });
    expect(second.body.data[0].id).toBe(made[2]);
    expect((await call(`${gateway.url}/jobs?all=true`, { headers: as('app-key') })).status).toBe(403);
    for (const query of ['limit=0', 'limit=x', 'status=odd', 'delivery=odd', 'all=1'])
      expect((await call(`${gateway.url}/jobs?${query}`, { headers: as('app-key') })).status).toBe(400);
    for (const id of ['x', 'job_', `job_${'0'.repeat(32)}`, "job_'--"]) expect((await job(id)).status).toBe(404);
    expect((await call(`${gateway.url}/jobs?after=job_x`, { headers: as('app-key') })).status).toBe(404);
  });
});

describe('the secret of callbacks', () => {
  it('is made in the data folder, for its owner alone', async () => {
    const gateway = await bootGateway();
    expect(statSync(join(gateway.dataDir, 'webhook-secret')).mode & 0o777).toBe(0o600);
    await gateway.close();
  });

  it.each(['', 'short', 'whsec_c2hvcnQ=', 'whsec_not base64 at all, however long it may be'])('is refused at the start where it is none: %j', async (secret) => {
    await expect(bootGateway({ SHELLM_WEBHOOK_SECRET: secret })).rejects.toThrow(/^SHELLM_WEBHOOK_SECRET: must be whsec_ and base64/);
    await expect(bootGateway({ SHELLM_CLIENTS: JSON.stringify({ app: { key: 'k', webhook_secret: secret } }) })).rejects.toThrow('app.webhook_secret must be whsec_');
  });
});
