import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';

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
