import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canTell, readMcp, resultOf } from './mcp.js';

const tools = [
  { name: 'get_weather', description: 'The weather.', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], $defs: { x: {} } } },
  { name: 'now' },
];
const server = { name: 'shellm', version: '1', tools };
const message = (method: string, params?: unknown, id: unknown = 7): unknown => ({ jsonrpc: '2.0', id, method, params });

describe(readMcp.name, () => {
  it.each<[string, unknown, object]>([
    [
      'the hello, in the version of the caller',
      message('initialize', { protocolVersion: '2025-11-25' }),
      { protocolVersion: '2025-11-25', serverInfo: { name: 'shellm', version: '1' } },
    ],
    ['a hello without a version', message('initialize'), { protocolVersion: '2025-06-18' }],
    ['a ping', message('ping'), {}],
  ])('answers %s', (_, sent, result) => {
    expect(readMcp(sent, server)).toMatchObject({ kind: 'reply', message: { jsonrpc: '2.0', id: 7, result } });
  });

  it('lists the functions with their schemas as they are, and an object for one that has none', () => {
    const reading = readMcp(message('tools/list'), server);
    expect(reading).toMatchObject({
      message: {
        result: {
          tools: [
            { name: 'get_weather', description: 'The weather.', inputSchema: tools[0]?.parameters, annotations: { readOnlyHint: true } },
            { name: 'now', inputSchema: { type: 'object', properties: {} } },
          ],
        },
      },
    });
  });

  it('hands a call on', () => {
    expect(readMcp(message('tools/call', { name: 'now', arguments: { a: 1 }, _meta: { x: 'y' } }, 'id'), server)).toEqual({
      kind: 'call',
      call: { id: 'id', name: 'now', arguments: { a: 1 }, meta: { x: 'y' } },
    });
    expect(readMcp(message('tools/call'), server)).toEqual({ kind: 'call', call: { id: 7, name: '', arguments: {}, meta: {} } });
  });

  it('refuses what it does not have, and lets a notice pass', () => {
    expect(readMcp(message('resources/list'), server)).toMatchObject({ kind: 'reply', message: { id: 7, error: { code: -32601 } } });
    expect(readMcp({ jsonrpc: '2.0', method: 'notifications/initialized' }, server)).toEqual({ kind: 'notice' });
  });

  it('takes anything', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (id, params) => {
        expect(['reply', 'call', 'notice']).toContain(readMcp(message('tools/call', params, id), server).kind);
        expect(['reply', 'call', 'notice']).toContain(readMcp(params, server).kind);
      }),
    );
  });
});

describe(resultOf.name, () => {
  it('is the texts, and whether they are an error', () => {
    expect(resultOf(1, [{ type: 'text', text: 'a' }], false)).toEqual({ jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text: 'a' }] } });
    expect(resultOf('x', [], true)).toEqual({ jsonrpc: '2.0', id: 'x', result: { content: [], isError: true } });
  });

  it('can tell texts alone, and not without end', () => {
    expect(
      canTell([
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b'.repeat(400_000) },
      ]),
    ).toBe(true);
    expect(
      canTell([
        { type: 'text', text: 'a'.repeat(250_000) },
        { type: 'text', text: 'b'.repeat(250_000) },
      ]),
    ).toBe(false);
    expect(canTell([{ type: 'image', mediaType: 'image/png', data: '', param: '' }])).toBe(false);
  });
});
