import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RouteTable } from '../src/http/route-table.js';
import { bootGateway, type Gateway } from './support/boot.js';
import { type RawAnswer, rawExchange } from './support/raw-http.js';

const body = JSON.stringify({ model: 'demo', messages: [{ role: 'user', content: 'hi' }] });
const request = (line: string, ...headers: string[]): string => `${line} HTTP/1.1\r\n${['Host: localhost', ...headers].join('\r\n')}\r\n\r\n`;
const get = (path: string, ...headers: string[]): string => request(`GET ${path}`, ...headers);
const post = (path: string, text = body, ...headers: string[]): string =>
  request(`POST ${path}`, 'Content-Type: application/json', `Content-Length: ${Buffer.byteLength(text)}`, ...headers) + text;

/** An error of the contract, with the headers of every answer. */
function expectRefusal(answer: RawAnswer | undefined, status: number, code: string): void {
  expect(answer).toMatchObject({ status, body: { error: { code, message: expect.any(String), type: expect.any(String) } } });
  expect(answer?.headers).toMatchObject({
    'content-type': expect.stringContaining('application/json'),
    'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    'content-security-policy': expect.any(String),
  });
}

describe('bytes on a connection', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await bootGateway({ SHELLM_HEADERS_TIMEOUT_MS: '700', SHELLM_RECEIVE_TIMEOUT_MS: '1500', SHELLM_KEEP_ALIVE_MS: '500' });
  });
  afterAll(() => gateway.close());

  it.each<[string, string, number, string]>([
    ['a broken request line', 'NONSENSE\r\n\r\n', 400, 'invalid_parameter'],
    ['another protocol', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400, 'invalid_parameter'],
    ['a header without a name', get('/v1/models', ': x'), 400, 'invalid_parameter'],
    ['a blank before the colon', get('/v1/models', 'X-A : b'), 400, 'invalid_parameter'],
    ['a line feed alone in a header', 'GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX-A: b\nX-C: d\r\n\r\n', 400, 'invalid_parameter'],
    ['a NUL in a header', get('/v1/models', 'X-A: \0'), 400, 'invalid_parameter'],
    ['a head over 16 kB', get('/v1/models', `X-A: ${'x'.repeat(20_000)}`), 431, 'invalid_header_value'],
    ['a path over 16 kB', get(`/v1/models/${'x'.repeat(20_000)}`), 431, 'invalid_header_value'],
    ['thousands of headers', get('/v1/models', ...Array.from({ length: 3000 }, (_, at) => `X-${at}: y`)), 431, 'invalid_header_value'],
    ['two lengths', post('/v1/chat/completions', body, 'Content-Length: 5'), 400, 'invalid_parameter'],
    ['a length and chunks', post('/v1/chat/completions', body, 'Transfer-Encoding: chunked'), 400, 'invalid_parameter'],
    ['a length that is none', request('POST /v1/chat/completions', 'Content-Length: -1'), 400, 'invalid_parameter'],
    ['chunks of no length', `${request('POST /v1/chat/completions', 'Content-Type: application/json', 'Transfer-Encoding: chunked')}zz\r\n`, 400, 'invalid_parameter'],
    ['no Host', 'GET /v1/models HTTP/1.1\r\n\r\n', 400, 'invalid_header_value'],
    ['two Hosts', get('/v1/models', 'host: localhost'), 400, 'invalid_header_value'],
    ['two Authorizations', get('/v1/models', 'Authorization: Bearer a', 'AUTHORIZATION: Bearer b'), 400, 'invalid_header_value'],
    ['an expectation that nobody meets', post('/v1/chat/completions', body, 'Expect: the-unexpected'), 400, 'invalid_header_value'],
    ['a proxy’s method', 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n', 405, 'method_not_allowed'],
    ['the address of another server', get('http://localhost/v1/models'), 400, 'invalid_parameter'],
    ['an asterisk', request('OPTIONS *'), 404, 'not_found'],
  ])('are %s: refused in the shape of the contract', async (_, bytes, status, code) => {
    const { answers, end } = await rawExchange(gateway.url, bytes);
    expect(answers).toHaveLength(1);
    expectRefusal(answers[0], status, code);
    expect(end).not.toBe('reset');
    expect((await rawExchange(gateway.url, get('/health/live'))).answers[0]?.status).toBe(200);
  });

  it.each(['Upgrade: websocket', 'Upgrade: h2c', 'Expect: 100-continue', 'TE: trailers', 'Connection: x-request-id'])('with %s are answered as without it', async (header) => {
    const { answers } = await rawExchange(gateway.url, get('/v1/models', ...(header.startsWith('Upgrade') ? ['Connection: Upgrade', header] : [header])));
    expect(answers.map(({ status }) => status)).toEqual([200]);
  });

  it.each<[string, string, string]>([
    ['a head that never ends', 'GET /v1/models HTTP/1.1\r\nHost: localhost\r\n', 'X-A: b\r\n'],
    ['a body that never ends', request('POST /v1/chat/completions', 'Content-Type: application/json', 'Content-Length: 1000'), ' '],
    ['chunks that never end', request('POST /v1/chat/completions', 'Content-Type: application/json', 'Transfer-Encoding: chunked'), '1\r\n \r\n'],
  ])('drop by drop are %s: told so, and closed', async (_, head, drop) => {
    let over = false;
    const exchange = rawExchange(
      gateway.url,
      async (write) => {
        await write(head);
        while (!over) {
          await write(drop);
          await new Promise((next) => setTimeout(next, 100));
        }
      },
      10_000,
    );
    const { answers, end } = await exchange;
    over = true;
    expectRefusal(answers[0], 408, 'invalid_parameter');
    expect(end).toBe('closed');
  });

  it('that do not come close a connection that was kept', async () => {
    const { answers, end } = await rawExchange(gateway.url, get('/v1/models'), 10_000);
    expect([answers.map(({ status }) => status), end]).toEqual([[200], 'closed']);
    expect((await rawExchange(gateway.url, '', 10_000)).end).toBe('closed');
  });

  it('of requests sent ahead are answered in their order, and only so many', async () => {
    const few = await rawExchange(
      gateway.url,
      Array.from({ length: 20 }, (_, at) => get('/v1/models', `X-Request-ID: n-${at}`, ...(at === 19 ? ['Connection: close'] : []))).join(''),
      10_000,
    );
    expect(few.answers.map(({ status, headers }) => [status, headers['x-request-id']])).toEqual(few.answers.map((_, at) => [200, `n-${at}`]));
    expect(few.answers).toHaveLength(20);
    const many = await rawExchange(gateway.url, get('/v1/models').repeat(300), 10_000);
    const refused = many.answers.findIndex(({ status }) => status !== 200);
    expect(refused).toBeGreaterThanOrEqual(32);
    expectRefusal(many.answers[refused], 429, 'concurrency_limit_exceeded');
    expect([many.answers.length, many.answers.at(-1)?.headers['connection'], many.end]).toEqual([refused + 1, 'close', 'closed']);
  });
});

describe('a body that is refused before it is read', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await bootGateway({ SHELLM_CLIENTS: '{"a":{"key":"right-key-right-key-right-key-1"}}', SHELLM_BODY_LIMIT: '64kb' });
  });
  afterAll(() => gateway.close());
  const key = 'Authorization: Bearer right-key-right-key-right-key-1';
  const megabyte = Buffer.alloc(1024 ** 2, ' ');
  const MEGABYTES = 24;

  it.each<[string, string[], number, string]>([
    ['without a key', [`Content-Length: ${MEGABYTES * 1024 ** 2}`, 'Content-Type: application/json'], 401, 'invalid_api_key'],
    ['over the limit', [key, `Content-Length: ${MEGABYTES * 1024 ** 2}`, 'Content-Type: application/json'], 413, 'payload_too_large'],
    ['over the limit, in chunks', [key, 'Transfer-Encoding: chunked', 'Content-Type: application/json'], 413, 'payload_too_large'],
    ['of another media type', [key, `Content-Length: ${MEGABYTES * 1024 ** 2}`, 'Content-Type: text/plain'], 415, 'unsupported_media_type'],
    ['that is compressed', [key, `Content-Length: ${MEGABYTES * 1024 ** 2}`, 'Content-Encoding: gzip'], 415, 'unsupported_media_type'],
    ['of a foreign page', [key, 'Origin: https://evil.example', `Content-Length: ${MEGABYTES * 1024 ** 2}`], 403, 'origin_not_allowed'],
  ])('%s: its client hears why, though it still sends, and goes on with the next request', async (_, headers, status, code) => {
    const chunked = headers.some((header) => header.startsWith('Transfer'));
    const { answers, end } = await rawExchange(
      gateway.url,
      async (write) => {
        await write(request('POST /v1/chat/completions', ...headers));
        for (let sent = 0; sent < MEGABYTES; sent++) {
          await write(chunked ? Buffer.concat([Buffer.from(`${megabyte.length.toString(16)}\r\n`), megabyte, Buffer.from('\r\n')]) : megabyte);
        }
        await write((chunked ? '0\r\n\r\n' : '') + get('/v1/models', key));
        // A machine that is busy takes a while to read so much.
      },
      1500,
    );
    expectRefusal(answers[0], status, code);
    expect([answers.map((answer) => answer.status), end]).toEqual([[status, 200], 'open']);
  });

  it('is taken in only so far', async () => {
    let sent = 0;
    const { answers, end } = await rawExchange(gateway.url, async (write) => {
      await write(request('POST /v1/chat/completions', `Content-Length: ${1024 ** 3}`, 'Content-Type: application/json'));
      for (; sent < 200; sent++) await write(megabyte);
    });
    expectRefusal(answers[0], 401, 'invalid_api_key');
    expect(end).toBe('reset');
  });
});

describe('every route', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await bootGateway();
  });
  afterAll(() => gateway.close());
  const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY', 'PURGE', 'LINK'];

  it('takes its methods and no other: 405 with Allow, in the shape of the contract', async () => {
    const routes = gateway.app.get(RouteTable).routes.filter(({ url }) => !url.startsWith('/docs') && !url.includes('*'));
    expect(routes.length).toBeGreaterThan(15);
    for (const { url, methods } of routes) {
      const path = url.replace(/:\w+/g, 'x');
      for (const method of METHODS.filter((each) => !methods.includes(each))) {
        const { answers } = await rawExchange(gateway.url, request(`${method} ${path}`, 'Connection: close'), 5000);
        const [answer] = answers;
        expect([method, path, answer?.status]).toEqual([method, path, 405]);
        if (method === 'HEAD') expect(answer?.body).toBe('');
        else if (path.startsWith('/v1/messages')) expect(answer?.body).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } });
        else expectRefusal(answer, 405, 'method_not_allowed');
        expect(answer?.headers['allow']?.split(', ').sort()).toEqual([...methods].sort());
      }
    }
  }, 30_000);

  it('that is read can be asked for its head alone', async () => {
    for (const path of ['/v1/models', '/v1/capabilities', '/health', '/health/live', '/docs-json']) {
      const [whole, head] = await Promise.all(['GET', 'HEAD'].map((method) => fetch(gateway.url + path, { method })));
      expect([path, head?.status, await head?.text()]).toEqual([path, 200, '']);
      expect(head?.headers.get('content-type')).toBe(whole?.headers.get('content-type'));
      await whole?.text();
    }
  });

  it.each<[string, number, string]>([
    ['/%zz', 400, 'invalid_parameter'],
    ['/v1/models/%zz', 400, 'invalid_parameter'],
    ['/v1/models/%', 400, 'invalid_parameter'],
    ['/v1/models/%c3%28', 400, 'invalid_parameter'],
    ['/v1/sessions/%e0%a4%a', 400, 'invalid_parameter'],
    ['/v1/models/%00', 404, 'model_not_found'],
    ['/v1/models/%2e%2e%2f%2e%2e%2fetc%2fpasswd', 404, 'model_not_found'],
    ['/v1/models/..%2f..%2fpackage.json', 404, 'model_not_found'],
    ['/v1/models/__proto__', 404, 'model_not_found'],
    ['/v1/models/constructor', 404, 'model_not_found'],
    [`/v1/models/${'x'.repeat(600)}`, 404, 'model_not_found'],
    ['/v1/%63hat/completions', 405, 'method_not_allowed'],
    ['/v1/../v1/nothing', 404, 'not_found'],
    ['//v1/models', 404, 'not_found'],
    ['/V1/Models', 404, 'not_found'],
    ['/docs/../../package.json', 400, 'invalid_parameter'],
    ['/docs/%2e%2e/%2e%2e/package.json', 400, 'invalid_parameter'],
    ['/docs/..%2f..%2fpackage.json', 404, 'not_found'],
    ['/docs/swagger-ui-init.js%00', 400, 'invalid_parameter'],
    ['/.env', 404, 'not_found'],
    ['/v1/models;x=1', 404, 'not_found'],
    ['/__proto__', 404, 'not_found'],
  ])('is found by its path and not by %s', async (path, status, code) => {
    const { answers } = await rawExchange(gateway.url, get(path, 'Connection: close'));
    expectRefusal(answers[0], status, code);
  });
});
