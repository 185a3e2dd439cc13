import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { spawnGateway } from './support/spawn-gateway.js';

type Told = Awaited<ReturnType<typeof call>>;

const clients = { evil: { key: 'evil-key-0123456789' }, good: { key: 'good-key-0123456789' } };

/** Takes seconds to compile. @param salt makes it another schema */
const slowSchema = (salt: number): object => ({
  type: 'object',
  properties: Object.fromEntries(Array.from({ length: 9500 }, (_, index) => [`p${index}`, { pattern: `a${salt}` }])),
});
/** The demo agent answers with the value that an enum names: one with which the pattern never comes to an end. */
const evilAnswer = (salt: number): object => ({ type: 'object', properties: { a: { enum: [`${'a'.repeat(40)}${salt}b`], pattern: '^(a+)+$' } }, required: ['a'] });
const plain = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false };

const formatOf = (schema: object): object => ({ response_format: { type: 'json_schema', json_schema: { name: 'x', schema } } });
const ask = (url: string, who: keyof typeof clients, more: object = {}): Promise<Told> =>
  call(`${url}/v1/chat/completions`, { headers: { authorization: `Bearer ${clients[who].key}` }, body: { model: 'demo', messages: [{ role: 'user', content: 'hi' }], ...more } });

describe('schemas that are made to take long', () => {
  jest.setTimeout(60_000);
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await bootGateway({ SHELLM_PROVIDERS: 'demo', SHELLM_CLIENTS: JSON.stringify(clients), SHELLM_QUEUE_DEPTH: '50' });
  });
  afterAll(() => gateway.close());

  it("are their client's trouble: the others are answered meanwhile, also by schemas of their own", async () => {
    let evilOver = 0;
    const note = (told: Told): Told => ((evilOver += 1), told);
    const slow = Array.from({ length: 2 }, (_, salt) => ask(gateway.url, 'evil', formatOf(slowSchema(salt))).then(note));
    const evil = Array.from({ length: 2 }, (_, salt) => ask(gateway.url, 'evil', formatOf(evilAnswer(salt))).then(note));
    for (let time = 0; time < 2; time++) {
      const [words, json, live] = await Promise.all([ask(gateway.url, 'good'), ask(gateway.url, 'good', formatOf(plain)), call(`${gateway.url}/health/live`)]);
      expect([words.status, json.status, live.status]).toEqual([200, 200, 200]);
      expect(JSON.parse(json.body.choices[0].message.content)).toEqual({ city: expect.any(String) });
    }
    expect(evilOver).toBeLessThan(4);
    for (const { status, body } of await Promise.all(slow)) {
      expect([status, body.error]).toEqual([
        400,
        { type: 'invalid_request_error', code: 'invalid_parameter', param: 'response_format', message: 'Invalid schema for response_format: it takes too long to compile.' },
      ]);
    }
    for (const { status, body } of await Promise.all(evil)) {
      expect(status).toBe(502);
      expect(body.error).toMatchObject({ type: 'api_error', code: 'invalid_structured_output', message: expect.stringContaining('takes too long to be checked') });
    }
    expect((await ask(gateway.url, 'evil', formatOf(plain))).status).toBe(200);
  });

  it('are refused in the dialect of their endpoint, also where the answer was to be streamed', async () => {
    const streamed = await ask(gateway.url, 'evil', { ...formatOf({ type: 'nothing' }), stream: true });
    expect([streamed.status, streamed.body.error.param]).toEqual([400, 'response_format']);
    const headers = { 'x-api-key': clients.evil.key };
    const output_config = { format: { type: 'json_schema', schema: { type: 'nothing' } } };
    const message = await call(`${gateway.url}/v1/messages`, { headers, body: { model: 'demo', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }], output_config } });
    expect([message.status, message.body.type, message.body.error.type]).toEqual([400, 'error', 'invalid_request_error']);
  });

  it('find their process again: a conversation by a schema goes on in the one that it had', async () => {
    const first = await ask(gateway.url, 'good', formatOf(plain));
    const messages = [{ role: 'user', content: 'hi' }, first.body.choices[0].message, { role: 'user', content: 'and now?' }];
    const second = await ask(gateway.url, 'good', { ...formatOf(plain), messages });
    expect([second.status, JSON.parse(second.body.choices[0].message.content)]).toEqual([200, { city: expect.any(String) }]);
  });
});

describe('the built gateway', () => {
  it('ends in time while a thread is at a schema without end', async () => {
    const gateway = await spawnGateway({ SHELLM_PROVIDERS: 'demo', SHELLM_CLIENTS: JSON.stringify(clients), SHELLM_SHUTDOWN_GRACE_MS: '200' });
    try {
      expect((await ask(gateway.url, 'good', formatOf(plain))).status).toBe(200);
      const asked = ask(gateway.url, 'evil', formatOf(slowSchema(1))).catch((error: unknown) => error);
      expect((await ask(gateway.url, 'good', formatOf(plain))).status).toBe(200);
      gateway.process.kill('SIGTERM');
      await asked;
      expect(await gateway.exited).toBe(0);
    } finally {
      await gateway.dispose();
    }
  });
});
