import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { AllowList } from './allow-list.js';
import { dial, type DialRequest, type DialResponse } from './dial.js';
import { type Resolve } from './guarded-connector.js';

type Handler = (response: ServerResponse, request: IncomingMessage) => void;

describe(dial.name, () => {
  let server: Server;
  let port: number;
  let handle: Handler;
  let connections = 0;
  beforeAll(async () => {
    server = createServer((request, response) => {
      handle(response, request);
    });
    server.on('connection', () => (connections += 1));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const loopback = new AllowList(['127.0.0.1'], 'x');
  const nothing = new AllowList([], 'x');
  const to = (...answers: readonly (readonly string[])[]): jest.Mock<Resolve> => {
    const left = [...answers];
    return jest.fn<Resolve>((_, __, done) => {
      const addresses = left.length > 1 ? left.shift() : left[0];
      done(
        null,
        (addresses ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    });
  };
  const ask = (more: Partial<DialRequest> = {}, resolve?: Resolve): Promise<DialResponse> =>
    dial(
      {
        ...{ url: `http://127.0.0.1:${port}/x?y=1`, method: 'GET', headers: { accept: 'text/plain' }, allow: loopback },
        ...{ timeoutMs: 2000, maxBytes: 1000, signal: new AbortController().signal, ...more },
      },
      resolve,
    );
  const failure = (of: string): unknown => expect.objectContaining({ name: 'DialError', failure: of });

  it('asks and gives the whole answer', async () => {
    const seen: unknown[] = [];
    handle = (response, request) => {
      seen.push(request.method, request.url, request.headers.accept);
      request.on('data', (data) => seen.push(String(data)));
      request.on('end', () => response.writeHead(201, { 'X-One': 'a', 'set-cookie': ['b', 'c'] }).end('hello'));
    };
    const { status, headers, body } = await ask({ method: 'POST', body: 'sent' });
    expect([status, headers['x-one'], headers['set-cookie'], String(body)]).toEqual([201, 'a', 'b', 'hello']);
    expect(seen).toEqual(['POST', '/x?y=1', 'text/plain', 'sent']);
  });

  it.each([
    'file:///etc/passwd',
    'ftp://127.0.0.1/',
    'data:text/plain,x',
    'javascript:1',
    'http://user@127.0.0.1/',
    'http://:password@127.0.0.1/',
    'http://',
    'nonsense',
    '//127.0.0.1/',
  ])('refuses %s', async (url) => {
    await expect(ask({ url })).rejects.toEqual(failure('url'));
  });

  it.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f.1',
    '017700000001',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '0',
    '[::]',
    '169.254.169.254',
    'localhost',
    'LOCALHOST.',
    '0177.0.0.1',
    '127.0.0.1.',
    '%31%32%37.0.0.1',
    '１２７.0.0.1',
    '127。0。0。1',
    '0.0.0.0',
    '100.64.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '[2001:0:7f00:1::]',
    '[2a00:1450:4001:801:0:5efe:127.0.0.1]',
    '[fe80::1]',
    '[fd00:ec2::254]',
    '[ff02::1]',
  ])('never connects to %s', async (host) => {
    const before = connections;
    await expect(ask({ url: `http://${host}:${port}/`, allow: nothing })).rejects.toEqual(failure('address'));
    expect(connections).toBe(before);
  });

  it.each<[string, readonly string[]]>([
    ['a private address', ['10.0.0.1']],
    ['a private one among public ones', ['8.8.8.8', '127.0.0.1']],
    ['a private one behind many public ones', ['8.8.8.8', '1.1.1.1', '2606:4700::1111', '169.254.169.254']],
    ['a private one in the other family', ['8.8.8.8', '::ffff:10.0.0.1']],
    ['a private one behind a translator', ['2606:4700::1111', '64:ff9b::a9fe:a9fe']],
    ['a private one in a tunnel', ['2002:a9fe:a9fe::1', '8.8.8.8']],
    ['what is no address', ['8.8.8.8', 'localhost']],
    ['nothing', []],
  ])('refuses a name that resolves to %s', async (_, addresses) => {
    await expect(ask({ url: `http://name.example:${port}/`, allow: nothing }, to(addresses))).rejects.toEqual(failure('address'));
  });

  it('connects to the very addresses that were checked: it looks a name up once', async () => {
    handle = (response) => response.end('here');
    const resolve = to(['127.0.0.1'], ['127.0.0.2']);
    expect(String((await ask({ url: `http://name.example:${port}/` }, resolve)).body)).toBe('here');
    expect(resolve).toHaveBeenCalledTimes(1);
    await expect(ask({ url: `http://name.example:${port}/` }, resolve)).rejects.toEqual(failure('address'));
  });

  it('reaches what is listed: by name whatever its address, by address whatever its name', async () => {
    handle = (response) => response.end('here');
    for (const [entry, host] of [
      ['inside.example', 'inside.example'],
      ['*.example', 'inside.example'],
      ['127.0.0.0/8', 'inside.example'],
      ['127.0.0.0/8', '127.0.0.1'],
    ] as const) {
      const allow = new AllowList([entry], 'x');
      expect(String((await ask({ url: `http://${host}:${port}/`, allow }, to(['127.0.0.1']))).body)).toBe('here');
    }
  });

  it.each([300, 301, 302, 303, 304, 307, 308])('follows no redirect: %i', async (status) => {
    const before = connections;
    handle = (response) => response.writeHead(status, { location: 'http://169.254.169.254/', refresh: '0; url=http://127.0.0.1/' }).end();
    await expect(ask()).rejects.toEqual(failure('redirect'));
    expect(connections).toBe(before + 1);
  });

  it('takes no more than it was told to, whatever is announced', async () => {
    handle = (response) => response.writeHead(200, { 'content-length': 5000 }).end('x'.repeat(5000));
    await expect(ask()).rejects.toEqual(failure('too-large'));
    let sent = 0;
    handle = (response) => {
      const more = (): void => {
        if (response.destroyed) return;
        sent += 500;
        response.write('x'.repeat(500), () => setImmediate(more));
      };
      more();
    };
    await expect(ask()).rejects.toEqual(failure('too-large'));
    expect(sent).toBeLessThan(10_000_000);
  });

  it.each<[string, Handler]>([
    ['says nothing', () => undefined],
    ['sends its body drop by drop', (response) => void setInterval(() => response.write('x'), 50).unref()],
  ])('leaves a server that %s', async (_, slow) => {
    handle = slow;
    await expect(ask({ timeoutMs: 200 })).rejects.toEqual(failure('timeout'));
  });

  it('leaves where its caller leaves, and a look-up that never ends', async () => {
    const abort = new AbortController();
    handle = () => {
      abort.abort();
    };
    await expect(ask({ signal: abort.signal })).rejects.toEqual(failure('unreachable'));
    await expect(ask({ url: 'http://name.example/', timeoutMs: 100 }, () => undefined)).rejects.toEqual(failure('timeout'));
  });

  it('says so where nobody listens, and where a connection breaks', async () => {
    await expect(ask({ url: 'http://127.0.0.1:1/' })).rejects.toEqual(failure('unreachable'));
    handle = (response) => response.destroy();
    await expect(ask()).rejects.toEqual(failure('unreachable'));
  });

  it('keeps no more than it may, of several answers together', async () => {
    handle = (response) => response.end('x'.repeat(600));
    let left = 1000;
    const mayKeep = (bytes: number): boolean => (left -= bytes) >= 0;
    const answers = await Promise.allSettled([ask({ mayKeep }), ask({ mayKeep })]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(answers).toContainEqual({ status: 'rejected', reason: failure('too-large') });
  });

  it('reads no body that is not wanted', async () => {
    handle = (response) => {
      response.writeHead(404).write('x'.repeat(100_000));
    };
    expect(await ask({ wantsBody: ({ status }) => status === 200 })).toMatchObject({ status: 404, body: Buffer.alloc(0) });
  });
});
