import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { connect } from 'node:net';
import { bootGateway, call, type Gateway } from './support/boot.js';

const ask = { model: 'demo', messages: [{ role: 'user', content: 'hi' }] };
const chat = '/v1/chat/completions';

describe('the edge, in open mode', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await bootGateway({ SHELLM_BODY_LIMIT: '4kb', SHELLM_CORS_ORIGINS: 'https://listed.example' });
  });
  afterAll(() => gateway.close());
  const at = (path: string, options: Parameters<typeof call>[1] = {}): ReturnType<typeof call> => call(`${gateway.url}${path}`, options);

  it.each<[string, string, Parameters<typeof call>[1], number, string, string | null]>([
    ['an unknown route', '/nowhere', {}, 404, 'not_found', null],
    ['an unknown route below a known one', `${chat}/deeper`, { body: ask }, 404, 'not_found', null],
    ['another method', chat, {}, 405, 'method_not_allowed', null],
    ['another method, with a body', '/v1/models', { body: ask }, 405, 'method_not_allowed', null],
    ['another media type', chat, { body: 'model=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415, 'unsupported_media_type', null],
    ['broken JSON', chat, { body: '{"model": ' }, 400, 'invalid_json', null],
    ['an empty body', chat, { method: 'POST', headers: { 'content-type': 'application/json' } }, 400, 'invalid_parameter', null],
    ['no body at all', chat, { method: 'POST' }, 400, 'invalid_parameter', null],
    ['a body that is no object', chat, { body: [1] }, 400, 'invalid_parameter', null],
    ['prototype keys', chat, { body: '{"model":"demo","messages":[],"__proto__":{"x":1}}' }, 400, 'invalid_parameter', null],
    ['a body with too many values', '/v1/responses', { body: `{"model":"demo","messages":[],"x":[${'0,'.repeat(250_000)}0]}` }, 400, 'invalid_parameter', null],
    ['a body that nests too deeply', chat, { body: `{"model":"demo","messages":[],"x":${'['.repeat(300)}${']'.repeat(300)}}` }, 400, 'invalid_parameter', null],
    ['a body over the limit', chat, { body: { ...ask, padding: 'x'.repeat(5000) } }, 413, 'payload_too_large', null],
    ['no model', chat, { body: { messages: ask.messages } }, 400, 'invalid_parameter', 'model'],
    ['a model that is no string', chat, { body: { ...ask, model: 7 } }, 400, 'invalid_parameter', 'model'],
    ['no messages', chat, { body: { ...ask, messages: [] } }, 400, 'invalid_parameter', 'messages'],
    ['messages that are no list', chat, { body: { ...ask, messages: 'hi' } }, 400, 'invalid_parameter', 'messages'],
    ['an own constructor', chat, { body: { constructor: 1, model: 7, messages: [] } }, 400, 'invalid_parameter', 'model'],
    ['plain text', chat, { body: 'hello', headers: { 'content-type': 'text/plain' } }, 415, 'unsupported_media_type', null],
    ['a compressed body', chat, { body: ask, headers: { 'content-encoding': 'gzip' } }, 415, 'unsupported_media_type', 'Content-Encoding'],
    ['a message without a role', chat, { body: { ...ask, messages: [{ content: 'x' }] } }, 400, 'invalid_parameter', 'messages[0].role'],
    ['stream that is no boolean', chat, { body: { ...ask, stream: 'yes' } }, 400, 'invalid_parameter', 'stream'],
    ['temperature out of range', chat, { body: { ...ask, temperature: 3 } }, 400, 'invalid_parameter', 'temperature'],
    ['an unknown provider', chat, { body: ask, headers: { 'x-shellm-provider': 'nope' } }, 400, 'invalid_header_value', 'X-SheLLM-Provider'],
    ['an unknown provider in the body', chat, { body: { ...ask, provider: 'nope' } }, 400, 'invalid_parameter', 'provider'],
    ['a provider that is not there', chat, { body: { ...ask, model: 'claude/sonnet' } }, 503, 'provider_unavailable', null],
    ['a provider without a key', chat, { body: { ...ask, model: 'openai/gpt-4o' } }, 503, 'provider_unavailable', null],
    ['Claude mode that is neither on nor off', chat, { body: ask, headers: { 'x-claude-code': 'maybe' } }, 400, 'invalid_header_value', 'X-Claude-Code'],
    ['a session id that is none', chat, { body: ask, headers: { 'x-shellm-session-id': '42' } }, 400, 'invalid_header_value', 'X-SheLLM-Session-ID'],
    [
      'a session that is not there',
      chat,
      { body: ask, headers: { 'x-claude-session-id': 'b1e7ad2c-2b5c-4a52-9c3c-31a1d3a3c0de' } },
      404,
      'session_not_found',
      'X-SheLLM-Session-ID',
    ],
    ['an unknown model', '/v1/models/nope', {}, 404, 'model_not_found', 'model'],
    ['a URL that cannot be decoded', '/v1/models/%zz', {}, 400, 'invalid_parameter', null],
    ['a foreign origin', chat, { body: ask, headers: { origin: 'https://evil.example' } }, 403, 'origin_not_allowed', 'Origin'],
    ['a null origin', '/v1/models', { headers: { origin: 'null' } }, 403, 'origin_not_allowed', 'Origin'],
    ['a tunnel', '/v1/models', { headers: { 'x-forwarded-for': '1.2.3.4' } }, 403, 'origin_not_allowed', 'x-forwarded-for'],
    ['a tunnel of another make', '/health', { headers: { 'cf-connecting-ip': '1.2.3.4' } }, 403, 'origin_not_allowed', 'cf-connecting-ip'],
  ])('answers %s in the shape of the contract', async (_, path, options, status, code, param) => {
    const answer = await at(path, options);
    expect([answer.status, answer.body.error?.code, answer.body.error?.param]).toEqual([status, code, param]);
    expect(Object.keys(answer.body)).toEqual(['error']);
    expect(Object.keys(answer.body.error).sort()).toEqual(['code', 'message', 'param', 'type']);
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|\.[tj]s\b|\\n\s+at /);
  });

  it('says which methods a path takes', async () => {
    expect((await at(chat)).headers.get('allow')).toBe('POST');
  });

  it('repeats a request id that is fit to be repeated, and no other', async () => {
    expect((await at('/v1/models', { headers: { 'x-request-id': 'a.B-9_c' } })).headers.get('x-request-id')).toBe('a.B-9_c');
    for (const bad of ['has blank', 'x'.repeat(129), 'semi;colon', '<script>'])
      expect((await at('/nowhere', { headers: { 'x-request-id': bad } })).headers.get('x-request-id')).not.toBe(bad);
  });

  it('lets a listed origin in, preflight included, and its own', async () => {
    const listed = await at('/v1/models', { headers: { origin: 'https://listed.example' } });
    expect([listed.status, listed.headers.get('access-control-allow-origin')]).toEqual([200, 'https://listed.example']);
    const preflight = await at(chat, {
      method: 'OPTIONS',
      headers: { origin: 'https://listed.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
    });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([204, 'https://listed.example']);
    expect((await at(chat, { method: 'OPTIONS', headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' } })).status).toBe(403);
    expect((await at('/v1/models', { headers: { origin: gateway.url } })).status).toBe(200);
  });

  it('tells a page of a listed origin all, refusals too, and no other page anything; without cookies', async () => {
    const origin = 'https://listed.example';
    const answers = [
      await at('/v1/models', { headers: { origin } }),
      await at('/nowhere', { headers: { origin } }),
      await at(chat, { body: '{', headers: { origin } }),
      await at(chat, { body: ask, headers: { origin, 'content-encoding': 'gzip' } }),
      await at('/v1/models', { headers: { origin, 'x-forwarded-for': '1.2.3.4' } }),
      await at(chat, { body: { ...ask, stream: true }, headers: { origin } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 400, 415, 403, 200]);
    for (const { headers } of answers) {
      expect([headers.get('access-control-allow-origin'), headers.get('access-control-expose-headers'), headers.get('vary')]).toEqual([origin, '*', 'Origin']);
      expect(headers.has('access-control-allow-credentials')).toBe(false);
    }
    const foreign = [
      await at('/v1/models', { headers: { origin: 'https://evil.example' } }),
      await at('/v1/models', { headers: { origin: 'https://listed.example.evil.example' } }),
      await at('/v1/models', { headers: { origin: 'http://listed.example' } }),
      await at('/v1/models', { headers: { origin: 'https://listed.example:8443' } }),
      await at('/v1/models', { headers: { origin: 'https://listed.example, https://evil.example' } }),
      await at('/v1/models', { headers: { origin: '*' } }),
    ];
    for (const { status, headers } of foreign) {
      expect([status, [...headers.keys()].filter((name) => name.startsWith('access-control-'))]).toEqual([403, []]);
    }
  });

  it('answers a preflight with what may be asked, and of no other origin', async () => {
    const preflight = (origin: string, method = 'POST'): ReturnType<typeof call> =>
      at(chat, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': 'authorization,content-type,x-shellm-provider' },
      });
    const { status, headers } = await preflight('https://listed.example');
    expect([status, headers.get('access-control-allow-methods'), headers.get('access-control-max-age')]).toEqual([204, 'GET, POST, PUT, PATCH, DELETE', '600']);
    expect(headers.get('access-control-allow-headers')).toBe('authorization,content-type,x-shellm-provider');
    expect(headers.get('vary')).toContain('Origin');
    expect(headers.has('access-control-allow-credentials')).toBe(false);
    for (const origin of ['https://evil.example', 'null', 'https://LISTED.example.']) {
      const refused = await preflight(origin);
      expect([refused.status, refused.headers.get('access-control-allow-methods')]).toEqual([403, null]);
    }
  });

  it.each([
    ['evil.example', 403],
    ['localhost:6100', 200],
    ['127.0.0.1', 200],
    ['[::1]:6100', 200],
    ['127.0.0.1.evil.example', 403],
  ])('with Host %s answers %i', async (host, status) => {
    const { port } = new URL(gateway.url);
    const seen = await new Promise<number | undefined>((resolve, reject) => {
      request({ host: '127.0.0.1', port, path: '/v1/models', headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(seen).toBe(status);
  });

  it('answers probes, the documentation and its document without a key', async () => {
    const health = await at('/health');
    expect(health.body).toMatchObject({
      status: 'ready',
      version: expect.any(String),
      providers: { demo: { status: 'ready', installed: true, authenticated: true } },
      capacity: { active: 0, max: 2, queued: 0, max_queued: 10 },
    });
    expect((await at('/health/live')).body).toMatchObject({ status: 'ok' });
    expect((await at('/health/ready')).body).toMatchObject({ status: 'ok', details: { gateway: { status: 'up' } } });
    expect((await at('/docs')).body).toContain('swagger-ui');
    const document = (await at('/docs-json')).body;
    expect(document.paths['/v1/chat/completions'].post.security).toEqual(expect.arrayContaining([{ bearer: [] }, { 'x-api-key': [] }]));
    // The page's "Execute" sends nothing while a required field is empty, and what is there twice cannot be filled in.
    for (const operation of Object.values(document.paths as Record<string, object>).flatMap(
      (methods) => Object.values(methods) as { parameters?: { in: string; name: string; required?: boolean }[] }[],
    )) {
      const names = (operation.parameters ?? []).map(({ in: place, name }) => `${place} ${name.toLowerCase()}`);
      expect(names).toEqual([...new Set(names)]);
      expect((operation.parameters ?? []).filter(({ in: place, required }) => required === true && place !== 'path')).toEqual([]);
    }
    expect(document.paths['/v1/chat/completions'].post.requestBody.content['application/json'].examples['a plain question'].value).toMatchObject({ model: 'demo' });
  });

  it('lists the demo, by its full name and percent-encoded', async () => {
    expect((await at('/v1/models')).body).toMatchObject({ object: 'list', data: [{ id: 'demo/demo', object: 'model', owned_by: 'demo' }] });
    for (const name of ['demo/demo', 'demo%2Fdemo', 'demo']) expect((await at(`/v1/models/${name}`)).body).toMatchObject({ object: 'model', owned_by: 'demo' });
  });

  it('answers a broken request line with 400 and lives on', async () => {
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1', () => socket.end('NONSENSE\r\n\r\n'));
      let text = '';
      socket
        .on('data', (chunk) => (text += chunk.toString()))
        .on('close', () => {
          resolve(text);
        });
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ error: { code: 'invalid_parameter', type: 'invalid_request_error', param: null } });
    expect((await at('/health/live')).status).toBe(200);
  });
});

describe('the edge, with clients', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await bootGateway({
      SHELLM_CLIENTS: JSON.stringify({ app: { key: 'app-key', rpm: 3 }, watcher: { key: 'watch-key', scopes: ['metrics'] }, free: { key: 'free-key', rpm: 0 } }),
    });
  });
  afterAll(() => gateway.close());
  const at = (path: string, options: Parameters<typeof call>[1] = {}): ReturnType<typeof call> => call(`${gateway.url}${path}`, options);

  it('asks for a key, in either header', async () => {
    for (const headers of [{}, { authorization: 'Bearer nope' }, { authorization: 'Basic app-key' }, { 'x-api-key': '' }, { authorization: 'Bearer ' }] as Record<
      string,
      string
    >[]) {
      const { status, body, headers: seen } = await at('/v1/models', { headers });
      expect([status, body.error.code, body.error.type]).toEqual([401, 'invalid_api_key', 'authentication_error']);
      expect(seen.get('www-authenticate')).toBe('Bearer');
    }
    expect((await at('/v1/models', { headers: { authorization: 'bearer free-key' } })).status).toBe(200);
    expect((await at('/v1/models', { headers: { 'x-api-key': 'free-key' } })).status).toBe(200);
    expect((await at('/v1/models', { headers: { 'x-api-key': 'watch-key' } })).body.error.code).toBe('insufficient_scope');
    for (const open of ['/health', '/health/live', '/health/ready', '/docs', '/docs-json']) expect((await at(open)).status).toBe(200);
  });

  it('holds a client to its requests a minute, and no other with it', async () => {
    const headers = { 'x-api-key': 'app-key' };
    const seen = [];
    for (let count = 0; count < 5; count += 1) seen.push(await at('/v1/models', { headers }));
    expect(seen.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429]);
    expect(seen.map((answer) => answer.headers.get('x-ratelimit-remaining-requests'))).toEqual(['2', '1', '0', '0', '0']);
    const last = seen.at(-1);
    expect(last?.body.error).toMatchObject({ code: 'rate_limit_exceeded', type: 'rate_limit_error' });
    expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(55);
    expect(Number(last?.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect((await at('/v1/models', { headers: { 'x-api-key': 'free-key' } })).status).toBe(200);
  });
});

describe('/health', () => {
  it.each<[Record<string, string>, number, string, string[]]>([
    [{ SHELLM_PROVIDERS: 'openai' }, 503, 'unavailable', ['openai']],
    [{ SHELLM_PROVIDERS: 'claude,demo', SHELLM_CLAUDE_BIN: '/nowhere/claude' }, 503, 'unavailable', ['claude']],
    [{}, 200, 'ready', ['demo']],
  ])('with %j answers %i %s', async (environment, status, state, providers) => {
    const gateway = await bootGateway(environment);
    const { status: seen, body } = await call(`${gateway.url}/health`);
    expect([seen, body.status, Object.keys(body.providers)]).toEqual([status, state, providers]);
    await gateway.close();
  });
});

describe('every route', () => {
  it('is public by name, or closed without a key', async () => {
    const gateway = await bootGateway({ SHELLM_CLIENTS: '{"a":{"key":"k"}}' });
    const document = (await call(`${gateway.url}/docs-json`)).body as { paths: Record<string, Record<string, unknown>> };
    const routes = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => ({ path: path.replace(/\{\w+\}/g, 'x'), method })));
    expect(routes.length).toBeGreaterThan(5);
    for (const { path, method } of routes) {
      const { status } = await call(`${gateway.url}${path}`, { method: method.toUpperCase(), ...(method === 'get' ? {} : { body: {} }) });
      expect([path, status]).toEqual([path, path.startsWith('/health') ? 200 : 401]);
    }
    await gateway.close();
  });
});
