import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { RecordedResponse } from './recorded-response.js';
import { OwnerBudget } from '../../storage/owner-budget.js';

const LIMIT = 8 * 1024 ** 2;

describe(RecordedResponse.name, () => {
  let budget: OwnerBudget;
  beforeEach(() => {
    budget = new OwnerBudget(10 * 1024 ** 2);
  });
  let server: Server | undefined;
  let socket: Socket | undefined;
  afterEach(() => {
    socket?.destroy();
    server?.close();
  });

  /** A request that has come in, with what its client hears. */
  async function exchange(): Promise<{ recorded: RecordedResponse; response: ServerResponse; client: Socket; heard: () => string }> {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket = client;
    client.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    const [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
    let text = '';
    client.on('data', (piece: Buffer) => (text += piece.toString('latin1')));
    return { recorded: new RecordedResponse(response, { 'x-request-id': 'r1' }, budget.open('me')), response, client, heard: () => text };
  }

  it.each<[string, (recorded: RecordedResponse) => unknown, string]>([
    ['text in pieces', (recorded) => (recorded.write('é'), recorded.write(Buffer.from('2')), recorded.end('3')), 'é23'],
    ['text as it is written by json-reply', (recorded) => recorded.end(Buffer.from('{"a":"é"}').toString('latin1'), 'latin1'), '{"a":"é"}'],
    ['nothing', (recorded) => recorded.end(), ''],
    ['what Fastify ends with', (recorded) => recorded.end('x', null), 'x'],
  ])('sends and keeps %s', async (_, write, expected) => {
    const { recorded, client, heard } = await exchange();
    recorded.writeHead(200, { 'x-request-id': 'r1', 'content-type': 'text/plain', 'content-length': Buffer.byteLength(expected), 'x-shellm-provider': 'demo' });
    expect([recorded.headersSent, recorded.answer]).toEqual([true, undefined]);
    write(recorded);
    await once(client, 'end');
    expect(recorded.answer).toEqual({ status: 200, headers: { 'content-type': 'text/plain', 'x-shellm-provider': 'demo' }, body: Buffer.from(expected) });
    expect(Buffer.from(heard(), 'latin1').toString()).toMatch(new RegExp(`^HTTP/1.1 200 OK\r\nx-request-id: r1\r\n[^]*\r\n\r\n${expected.replace(/[{}]/g, '\\$&')}$`));
    expect(recorded.writableFinished).toBe(true);
  });

  it('goes on without its client, and tells whoever waits for it', async () => {
    const { recorded, response, client } = await exchange();
    const told: string[] = [];
    recorded.once('drain', () => told.push('drain'));
    recorded.once('close', () => told.push('close'));
    recorded.writeHead(200, {});
    recorded.write('a');
    client.destroy();
    await once(response, 'close');
    expect([recorded.destroyed, recorded.write('b'), recorded.writableLength, told]).toEqual([false, true, 0, ['drain']]);
    recorded.setTimeout(10);
    recorded.end('c');
    expect(recorded.answer?.body.toString()).toBe('abc');
  });

  it('drops a client that takes nothing, and goes on', async () => {
    const { recorded, response } = await exchange();
    recorded.once('timeout', () => recorded.destroy());
    recorded.writeHead(200, {});
    recorded.write('a');
    recorded.setTimeout(20);
    await once(response, 'close');
    recorded.end('b');
    expect(recorded.answer?.body.toString()).toBe('ab');
  });

  it('keeps so much and no more; what is not kept ends with its client', async () => {
    const { recorded, response, client } = await exchange();
    let closed = false;
    recorded.once('close', () => (closed = true));
    recorded.writeHead(200, {});
    recorded.write(Buffer.alloc(LIMIT));
    client.destroy();
    await once(response, 'close');
    expect([recorded.destroyed, closed]).toEqual([false, false]);
    recorded.write('x');
    expect([recorded.destroyed, closed]).toEqual([true, true]);
    recorded.end();
    expect(recorded.answer).toBeUndefined();
  });

  it('keeps nothing where the others of its client leave no room, and gives back what it took', async () => {
    const { recorded } = await exchange();
    const other = budget.open('me');
    other.take(9 * 1024 ** 2);
    recorded.writeHead(200, {});
    recorded.write(Buffer.alloc(1024 ** 2));
    recorded.write('x');
    recorded.end();
    expect(recorded.answer).toBeUndefined();
    expect(other.take(1024 ** 2)).toBe(true);
    other.release();
  });

  it('ends with its client where too much was written before that left', async () => {
    const { recorded, response, client } = await exchange();
    let closed = false;
    recorded.once('close', () => (closed = true));
    recorded.writeHead(200, {});
    recorded.write(Buffer.alloc(LIMIT + 1));
    expect(recorded.destroyed).toBe(false);
    client.destroy();
    await once(response, 'close');
    expect([recorded.destroyed, closed]).toEqual([true, true]);
  });
});
