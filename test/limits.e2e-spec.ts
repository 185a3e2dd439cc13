import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { ProcessPool } from '../src/process-pool/process-pool.js';

const clients = JSON.stringify({ two: { key: 'sk-two', max_concurrent: 2 }, free: { key: 'sk-free' } });
const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });
const ask = (prompt: string, stream = false): object => ({ model: 'demo', stream, messages: [{ role: 'user', content: prompt }] });
const slow = '[[demo words=40 delay=100]]';

describe('requests of one key at once', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await bootGateway({ SHELLM_CLIENTS: clients, SHELLM_MAX_CONCURRENT: '8' });
  });
  afterAll(() => gateway.close());
  const chat = (key: string, body: object): ReturnType<typeof call> => call(`${gateway.url}/v1/chat/completions`, { headers: bearer(key), body });

  it('are bounded, whatever way a request ends', async () => {
    const left = new AbortController();
    const [first, second] = [0, 1].map(() =>
      fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...bearer('sk-two') },
        body: JSON.stringify(ask(slow, true)),
        signal: left.signal,
      }),
    );
    await Promise.all([first, second]);
    const refused = await chat('sk-two', ask('hi'));
    expect([refused.status, refused.body.error.type, refused.body.error.code, refused.headers.get('retry-after')]).toEqual([
      429,
      'rate_limit_error',
      'concurrency_limit_exceeded',
      '1',
    ]);
    // What asks no model, and what others ask, goes on.
    expect((await call(`${gateway.url}/v1/models`, { headers: bearer('sk-two') })).status).toBe(200);
    expect((await chat('sk-free', ask('hi'))).status).toBe(200);
    left.abort();
    await eventually(async () => (await chat('sk-two', ask('hi'))).status === 200, 5000);
    // Errors give their place back too.
    for (let count = 0; count < 4; count++) expect((await chat('sk-two', { model: 'demo', messages: [] })).status).toBe(400);
    expect((await chat('sk-two', ask('hi'))).status).toBe(200);
  });

  it('are counted until they have ended, also where nobody waits for them', async () => {
    const respond = (body: object): ReturnType<typeof call> => call(`${gateway.url}/v1/responses`, { headers: bearer('sk-two'), body: { model: 'demo', ...body } });
    const started = await Promise.all([0, 1].map(() => respond({ input: slow, background: true })));
    expect(started.map(({ status }) => status)).toEqual([200, 200]);
    expect((await respond({ input: 'hi' })).body.error.code).toBe('concurrency_limit_exceeded');
    expect((await respond({ input: 'hi', background: true })).body.error.code).toBe('concurrency_limit_exceeded');
    await call(`${gateway.url}/v1/responses/${started[0]?.body.id}/cancel`, { method: 'POST', headers: bearer('sk-two') });
    await eventually(async () => (await respond({ input: 'hi' })).status === 200);
    // One that could not be started holds none.
    for (let count = 0; count < 3; count++) expect((await respond({ input: 'hi', background: true, store: false })).status).toBe(400);
    expect((await respond({ input: 'hi' })).status).toBe(200);
    await call(`${gateway.url}/v1/responses/${started[1]?.body.id}/cancel`, { method: 'POST', headers: bearer('sk-two') });
  });

  it('are counted while one that is idempotent goes on after its client has left', async () => {
    const left = new AbortController();
    for (const key of ['first', 'second']) {
      void fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key, ...bearer('sk-two') },
        body: JSON.stringify(ask('[[demo words=20 delay=100]]')),
        signal: left.signal,
      }).catch(() => undefined);
    }
    await eventually(() => gateway.app.get(ProcessPool).capacity().active === 2);
    left.abort();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await chat('sk-two', ask('hi'))).status).toBe(429);
    await eventually(async () => (await chat('sk-two', ask('hi'))).status === 200, 5000);
  });
});

describe('bodies', () => {
  const MEGABYTE = 1024 ** 2;
  let gateway: Gateway;
  beforeAll(async () => {
    const three = ['one', 'two', 'three'].map((name) => [name, { key: `sk-${name}`, rpm: 0 }] as const);
    gateway = await bootGateway({ SHELLM_CLIENTS: JSON.stringify(Object.fromEntries(three)), SHELLM_MAX_CONCURRENT: '8' });
  });
  afterAll(() => gateway.close());
  const sockets = new Set<Socket>();
  const leave = (): void => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  afterEach(leave);
  /** Begins to send a body, and never comes to its end. @param length the header that tells of it */
  const begin = (key: string, length: string): { readonly said: () => string } => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    sockets.add(socket);
    let said = '';
    socket.on('data', (data) => (said += String(data))).on('error', () => undefined);
    socket.write(`POST /v1/responses HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: Bearer ${key}\r\n${length}\r\n\r\n`);
    return { said: () => said };
  };
  const long = `Content-Length: ${32 * MEGABYTE}`;
  const refused = (count: number, of: readonly { said: () => string }[]): Promise<void> => eventually(() => of.filter(({ said }) => said() !== '').length === count);
  const respond = (key: string): ReturnType<typeof call> => call(`${gateway.url}/v1/responses`, { headers: bearer(key), body: { model: 'demo', input: 'hi' } });

  it.each([
    ['that say how long they are', long],
    ['that do not say', 'Transfer-Encoding: chunked'],
  ])('%s have so many bytes at once, a client’s and all together, and room again when they are gone', async (_, length) => {
    const own = Array.from({ length: 9 }, () => begin('sk-one', length));
    await refused(1, own);
    const [head = ''] = own.map(({ said }) => said()).filter((said) => said !== '');
    expect(head).toMatch(/^HTTP\/1.1 429 [^]*retry-after: 1\r[^]*"concurrency_limit_exceeded"/);
    expect((await respond('sk-one')).body.error.code).toBe('concurrency_limit_exceeded');
    expect((await respond('sk-two')).status).toBe(200);
    await refused(
      1,
      Array.from({ length: 9 }, () => begin('sk-two', length)),
    );
    const { status, headers, body } = await respond('sk-three');
    expect([status, headers.get('retry-after'), body.error.code]).toEqual([503, '5', 'queue_full']);
    leave();
    for (const key of ['sk-one', 'sk-two', 'sk-three']) await eventually(async () => (await respond(key)).status === 200);
  });

  it('that did not say how long they are count as what they were once they are there', async () => {
    const left = new AbortController();
    const body = JSON.stringify({ model: 'demo', stream: true, input: '[[demo words=100 delay=100]]' });
    const ask = async (): Promise<number> => {
      const stream = new Blob([body]).stream();
      const init = { method: 'POST', headers: { 'content-type': 'application/json', ...bearer('sk-one') }, body: stream, duplex: 'half', signal: left.signal };
      return (await fetch(`${gateway.url}/v1/responses`, init as RequestInit)).status;
    };
    for (let count = 0; count < 4; count++) expect(await ask()).toBe(200);
    const rest = Array.from({ length: 8 }, () => begin('sk-one', long));
    await refused(1, rest);
    expect((await respond('sk-one')).status).toBe(200);
    left.abort();
  });
});

describe('requests a minute', () => {
  let gateway: Gateway;
  let ahead = 0;
  beforeAll(async () => {
    const real = performance.now.bind(performance);
    jest.spyOn(performance, 'now').mockImplementation(() => real() + ahead);
    const limited = { own: { key: 'sk-own', rpm: 2 }, one: { key: 'sk-one', rpm: 5 }, other: { key: 'sk-other', rpm: 0 } };
    gateway = await bootGateway({ SHELLM_CLIENTS: JSON.stringify(limited), SHELLM_RPM: '6' });
  });
  afterEach(() => {
    ahead += 120_000;
  });
  afterAll(async () => {
    await gateway.close();
    jest.restoreAllMocks();
  });
  /** Status, and what the headers say: limit, remaining, reset, wait. */
  const models = async (key: string): Promise<(string | number | null)[]> => {
    const { status, headers } = await call(`${gateway.url}/v1/models`, { headers: bearer(key) });
    const limit = ['limit', 'remaining', 'reset'].map((name) => headers.get(`x-ratelimit-${name}-requests`));
    return [status, ...limit, headers.get('retry-after')];
  };

  it('are told of to the second, and a wait of that many is enough', async () => {
    expect(await models('sk-own')).toEqual([200, '2', '1', '60s', null]);
    ahead += 20_000;
    expect(await models('sk-own')).toEqual([200, '2', '0', '60s', null]);
    ahead += 9_500;
    // The first came 29.5 s and a few milliseconds ago.
    const refused = await models('sk-own');
    expect(refused).toEqual([429, '2', '0', '51s', '31']);
    ahead += 29_000;
    expect(await models('sk-own')).toMatchObject([429, '2', '0', '22s', '2']);
    ahead += 2000;
    expect((await models('sk-own'))[0]).toBe(200);
  });

  it('count in both windows or in neither', async () => {
    for (let count = 0; count < 5; count++) expect((await models('sk-one'))[0]).toBe(200);
    // Refused by its own window: of all together's there is one left.
    for (let count = 0; count < 4; count++) expect((await models('sk-one'))[0]).toBe(429);
    expect((await models('sk-other'))[0]).toBe(200);
    expect(await models('sk-other')).toEqual([429, null, null, null, '60']);
    // Refused by all together's: its own is as it was.
    for (let count = 0; count < 4; count++) expect(await models('sk-own')).toEqual([429, '2', '2', '0s', '60']);
  });
});

describe('one turn slot', () => {
  it('is shared out between keys: a busy one does not starve another', async () => {
    const gateway = await bootGateway({ SHELLM_CLIENTS: clients, SHELLM_MAX_CONCURRENT: '1', SHELLM_QUEUE_DEPTH: '8' });
    const order: string[] = [];
    const chat = async (key: string): Promise<void> => {
      const { status } = await call(`${gateway.url}/v1/chat/completions`, { headers: bearer(key), body: ask('[[demo words=4 delay=40]]') });
      if (status === 200) order.push(key);
    };
    const queued = (): number => gateway.app.get(ProcessPool).capacity().queued;
    const busy = Array.from({ length: 14 }, () => chat('sk-free'));
    await eventually(() => queued() === 8);
    const quiet = [chat('sk-two'), chat('sk-two')];
    await Promise.all([...busy, ...quiet]);
    // Two were served or about to be when the quiet one came; from there on they take turns, also for the places of a full queue.
    expect(order.filter((key) => key === 'sk-two').length).toBe(2);
    expect(order.lastIndexOf('sk-two')).toBeLessThanOrEqual(5);
    await gateway.close();
  });
});

describe('wrong keys', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await bootGateway({ SHELLM_CLIENTS: clients });
  });
  afterAll(() => gateway.close());
  const models = (headers: Record<string, string>): ReturnType<typeof call> => call(`${gateway.url}/v1/models`, { headers });

  it('are refused before a body is read', async () => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    socket.write(
      'POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 900000\r\nAuthorization: Bearer sk-nope\r\n\r\n{"model"',
    );
    const [head] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(head.toString()).toMatch(/^HTTP\/1\.1 401 .*invalid_api_key/s);
    expect(head.toString()).toMatch(/www-authenticate: Bearer/i);
  });

  it('are limited by address; right keys and none are not', async () => {
    const answers: number[] = [];
    for (let count = 0; count < 12; count++) answers.push((await models(bearer(`sk-guess-${count}`))).status);
    expect(answers.filter((status) => status === 401).length).toBeLessThanOrEqual(10);
    const refused = await models({ 'x-api-key': 'sk-guess' });
    expect([refused.status, refused.body.error.code, refused.headers.get('x-should-retry')]).toEqual([429, 'rate_limit_exceeded', 'false']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await models(bearer('sk-free'))).status).toBe(200);
    expect((await models({})).status).toBe(401);
  });
});

describe('a client over its requests a minute', () => {
  const limited = JSON.stringify({ two: { key: 'sk-two', rpm: 2 }, free: { key: 'sk-free', rpm: 0 } });
  let gateway: Gateway;
  beforeEach(async () => {
    gateway = await bootGateway({ SHELLM_CLIENTS: limited });
  });
  afterEach(() => gateway.close());
  const chat = (key: string, body: unknown): ReturnType<typeof call> => call(`${gateway.url}/v1/chat/completions`, { headers: bearer(key), body });

  it('is refused before its body is read', async () => {
    for (let count = 0; count < 2; count++) expect((await chat('sk-two', ask('hi'))).status).toBe(200);
    const head = ['POST /v1/responses HTTP/1.1', 'host: x', 'authorization: Bearer sk-two', 'content-type: application/json', 'content-length: 30000000'];
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    socket.write(`${head.join('\r\n')}\r\n\r\n{`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 429 [^]*retry-after: \d+[^]*"rate_limit_exceeded"/i);
    expect(answer.toString()).toMatch(/x-ratelimit-remaining-requests: 0/i);
    expect((await chat('sk-free', ask('hi'))).status).toBe(200);
  });

  it.each([
    ['broken JSON', '{"model":'],
    ['a forbidden key', '{"__proto__":{}}'],
    ['JSON that nests too deeply', `${'['.repeat(300)}${']'.repeat(300)}`],
    ['a list without an end', `[${'0,'.repeat(500)}`],
  ])('has also been so by requests that were %s', async (_, body) => {
    const statuses = [];
    for (let count = 0; count < 3; count++) statuses.push((await chat('sk-two', body)).status);
    expect(statuses).toEqual([400, 400, 429]);
  });
});
