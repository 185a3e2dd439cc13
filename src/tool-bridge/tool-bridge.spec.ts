import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { request } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { readBody } from './read-body.js';
import { ToolBridge } from './tool-bridge.js';
import { type FunctionCall, type ToolSession } from './tool-session.js';

const tools = [{ name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } }, { name: 'now' }];

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** As `fetch`, with any `Host`. */
function send(url: string, { method = 'POST', headers = {}, body = '' }: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () => {
        resolve({ status: response.statusCode, headers: response.headers, text });
      });
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

describe(ToolBridge.name, () => {
  let bridge: ToolBridge;
  let session: ToolSession;
  let secret: Record<string, string>;
  const ask = (method: string, params?: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
    send(session.server.url, { headers: { ...secret, ...headers }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }) });
  const callOf = (name = 'get_weather', args: object = { city: 'Oslo' }): Promise<Answer> => ask('tools/call', { name, arguments: args });
  const heard = (): Promise<FunctionCall> =>
    new Promise((resolve) => {
      session.onCall(resolve);
    });
  const opened = async (): Promise<ToolSession> => {
    const one = await bridge.open('client', tools);
    secret = Object.fromEntries(one.server.headers.map(({ name, value }) => [name, value]));
    return one;
  };

  beforeEach(async () => {
    bridge = new ToolBridge();
    session = await opened();
  });
  afterEach(() => bridge.onApplicationShutdown());

  it('listens on the loopback interface alone, at an address that nobody guesses', async () => {
    const other = await bridge.open('client', tools);
    expect(session.server).toMatchObject({ type: 'http', name: 'client', url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}$/) });
    expect(session.server.headers).toEqual([{ name: 'authorization', value: expect.stringMatching(/^Bearer [\w-]{43}$/) }]);
    expect(new URL(other.server.url).port).toBe(new URL(session.server.url).port);
    expect(other.server.url).not.toBe(session.server.url);
    expect(other.server.headers).not.toEqual(session.server.headers);
  });

  it('greets, lists and answers a ping as plain JSON', async () => {
    const hello = await ask('initialize', { protocolVersion: '2025-06-18' });
    expect([hello.status, hello.headers['content-type'], session.listed]).toEqual([200, 'application/json', false]);
    expect((await send(session.server.url, { headers: secret, body: '{"jsonrpc":"2.0","method":"notifications/initialized"}' })).status).toBe(202);
    const list = JSON.parse((await ask('tools/list')).text) as { result: { tools: { name: string }[] } };
    expect([list.result.tools.map(({ name }) => name), session.listed]).toEqual([['get_weather', 'now'], true]);
    expect(JSON.parse((await ask('ping')).text)).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
  });

  it.each<[string, number, () => Promise<Answer>]>([
    ['another path', 404, () => send(`${session.server.url}x`, { headers: secret })],
    ['no path', 404, () => send(new URL('/', session.server.url).href, { headers: secret })],
    ['no secret', 401, () => send(session.server.url)],
    ['another secret', 401, () => send(session.server.url, { headers: { authorization: `${secret['authorization']}x` } })],
    ["another session's secret", 401, async () => send(session.server.url, { headers: { authorization: (await bridge.open('client', tools)).server.headers[0]!.value } })],
    ['another host', 403, () => ask('ping', {}, { host: 'evil.example' })],
    ['a host by a name', 403, () => ask('ping', {}, { host: `localhost:${new URL(session.server.url).port}` })],
    ['a page in a browser', 403, () => ask('ping', {}, { origin: 'http://127.0.0.1' })],
    ['a page without an origin', 403, () => ask('ping', {}, { origin: 'null' })],
    ['a stream of its own', 405, () => send(session.server.url, { method: 'GET', headers: secret })],
    ['an end of a session', 405, () => send(session.server.url, { method: 'DELETE', headers: secret })],
    ['no JSON', 400, () => send(session.server.url, { headers: secret, body: '{' })],
    ['several messages at once', 400, () => send(session.server.url, { headers: secret, body: '[]' })],
    ['a body without end', 413, () => send(session.server.url, { headers: secret, body: Buffer.alloc(8 * 1024 ** 2 + 1, 0x20) })],
  ])('refuses %s', async (_, status, sent) => {
    const calls: unknown[] = [];
    session.onCall((call) => calls.push(call));
    const answer = await sent().catch((error: unknown) => error as NodeJS.ErrnoException);
    // Who sends without end may find the connection closed before he reads.
    if (answer instanceof Error) expect([status, answer.code]).toEqual([413, expect.stringMatching(/EPIPE|ECONNRESET/)]);
    else expect(answer.status).toBe(status);
    expect(calls).toEqual([]);
  });

  it('keeps a call waiting until its result is there', async () => {
    const called = heard();
    const answer = callOf();
    const call = await called;
    expect([call.name, JSON.parse(call.json), call.open]).toEqual(['get_weather', { city: 'Oslo' }, true]);
    call.answer([{ type: 'text', text: 'y'.repeat(200_000) }], false);
    call.answer([{ type: 'text', text: 'again' }], false);
    expect(call.open).toBe(false);
    expect(JSON.parse((await answer).text)).toEqual({ jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text: 'y'.repeat(200_000) }] } });
  });

  it('writes nothing behind an answer that its agent does not read', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance', 'Date'] });
    const { port, pathname, host } = new URL(session.server.url);
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'now' } });
    const called = heard();
    const socket = connect(Number(port), '127.0.0.1').pause();
    socket.write(`POST ${pathname} HTTP/1.1\r\nhost: ${host}\r\nauthorization: ${secret['authorization']}\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    // More than the sockets' buffers hold.
    (await called).answer([{ type: 'text', text: 'y'.repeat(32 * 1024 ** 2) }], false);
    await jest.advanceTimersByTimeAsync(11 * 60_000);
    jest.useRealTimers();
    expect((await ask('ping')).status).toBe(200);
    socket.destroy();
  });

  it.each([
    ['shows that somebody is there', 31_000, '  '],
    ['gives a call up after ten minutes', 10 * 60_000, `${' '.repeat(39)}{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"Timed out"}}`],
  ])('%s', async (_, ms, expected) => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance', 'Date'] });
    const called = heard();
    const answer = callOf();
    const call = await called;
    await jest.advanceTimersByTimeAsync(ms);
    jest.useRealTimers();
    session.close();
    expect((await answer).text.startsWith(expected)).toBe(true);
    expect(call.open).toBe(false);
  });

  it('tells of a function that failed', async () => {
    const called = heard();
    const answer = callOf('now', {});
    (await called).answer([{ type: 'text', text: 'no clock' }], true);
    expect(JSON.parse((await answer).text)).toMatchObject({ result: { content: [{ text: 'no clock' }], isError: true } });
  });

  it.each<[string, number, () => void, string]>([
    [
      'a function that there is not',
      -32_602,
      () => {
        session.onCall(() => undefined);
      },
      'rm_rf',
    ],
    [
      'a call while nobody listens',
      -32_000,
      () => {
        session.onCall(undefined);
      },
      'now',
    ],
  ])('refuses %s', async (_, code, prepare, name) => {
    prepare();
    expect(JSON.parse((await callOf(name)).text)).toMatchObject({ id: 1, error: { code } });
  });

  it('refuses more calls at once than a model makes', async () => {
    let waiting = 0;
    session.onCall(() => (waiting += 1));
    let refused = 0;
    const answers = Array.from({ length: 40 }, () =>
      callOf().finally(() => {
        refused += 1;
      }),
    );
    while (waiting < 32 || refused < 8) await new Promise((go) => setTimeout(go, 10));
    session.close();
    const codes = (await Promise.all(answers)).map(({ text }) => (JSON.parse(text) as { error: { code: number } }).error.code);
    expect([waiting, codes]).toEqual([32, Array.from({ length: 40 }, () => -32_000)]);
  });

  it('lets go of a call whose agent has gone', async () => {
    const called = heard();
    const url = new URL(session.server.url);
    const sent = request(url, { method: 'POST', headers: secret });
    sent.on('error', () => undefined).end(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'now' } }));
    const call = await called;
    sent.destroy();
    while (call.open) await new Promise((go) => setTimeout(go, 5));
    call.answer([{ type: 'text', text: 'late' }], false);
  });

  it('admits nobody to a session that is closed', async () => {
    const called = heard();
    const answer = callOf();
    const call = await called;
    session.close();
    session.close();
    expect([JSON.parse((await answer).text), call.open]).toMatchObject([{ error: { code: -32_000 } }, false]);
    expect((await ask('ping')).status).toBe(404);
  });

  it('ends with the gateway', async () => {
    const called = heard();
    const answer = callOf().catch((error: unknown) => error);
    await called;
    await bridge.onApplicationShutdown();
    await answer;
    await expect(ask('ping')).rejects.toThrow(/ECONNREFUSED/);
    await expect(bridge.open('client', tools)).rejects.toMatchObject({ code: 'shutting_down' });
  });

  it('has nothing to end where no agent had functions', async () => {
    await expect(new ToolBridge().onApplicationShutdown()).resolves.toBeUndefined();
  });
});

describe(readBody.name, () => {
  it.each<[string[], number, string | undefined]>([
    [[], 3, ''],
    [['a', 'bc'], 3, 'abc'],
    [['ab', 'cd'], 3, undefined],
  ])('of %j within %d bytes', async (pieces, limit, body) => {
    expect(await readBody(Readable.from(pieces.map((piece) => Buffer.from(piece))), limit)).toBe(body);
  });
});
