import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { encodeSessionFile, type HistoryTurn, readTokens, sessionFileEnd, sessionFileName } from './session-file.js';

const id = '3f2b8c1e-9d4a-4c57-8e21-6a0f5b7d1c93';
const tokens = { input: 50, output: 3, cached: 40, thoughts: 9 };
const noted = (more: object): string => JSON.stringify({ id: 'm', type: 'gemini', content: 'said', tokens: { ...tokens, tool: 0, total: 62, ...more } });

describe('a session file', () => {
  it('is named after its session, and of long ago: the CLI overwrites one of the same minute', () => {
    expect([sessionFileName(id), sessionFileEnd(id)]).toEqual(['session-2020-01-01T00-00-3f2b8c1e.jsonl', '-3f2b8c1e.jsonl']);
  });

  const encoded = (history: readonly HistoryTurn[]): { head: object; messages: { id: string }[]; rest: string[] } => {
    const [head = '', body = '', ...rest] = encodeSessionFile(id, '/w', history, 'gemini-x').split('\n');
    return { head: JSON.parse(head) as object, messages: (JSON.parse(body) as { $set: { messages: { id: string }[] } }).$set.messages, rest };
  };

  it('begins with its session, in the folder that it belongs to', () => {
    const { head, rest } = encoded([]);
    const projectHash = createHash('sha256').update('/w').digest('hex');
    expect(head).toEqual({ sessionId: id, projectHash, startTime: '2020-01-01T00:00:00.000Z', lastUpdated: '2020-01-01T00:00:00.000Z', kind: 'main' });
    expect(rest).toEqual(['']);
  });

  it.each<[string, HistoryTurn[], object[]]>([
    ['nothing', [], []],
    ["the user's parts", [{ role: 'user', parts: [{ text: 'a\nb' }, { text: 'c' }] }], [{ type: 'user', content: [{ text: 'a\nb' }, { text: 'c' }] }]],
    [
      'pictures',
      [{ role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }] }],
      [{ type: 'user', content: [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }] }],
    ],
    [
      "the model's words as one text",
      [
        { role: 'user', parts: [{ text: 'q' }] },
        { role: 'model', parts: [{ text: 'a' }, { text: 'b' }] },
      ],
      [
        { type: 'user', content: [{ text: 'q' }] },
        { type: 'gemini', content: 'a\n\nb', thoughts: [], tokens: null, model: 'gemini-x' },
      ],
    ],
  ])('holds %s', (_, history, expected) => {
    const { messages } = encoded(history);
    expect(messages).toEqual(expected.map((message) => ({ id: expect.stringMatching(/^[0-9a-f-]{36}$/), timestamp: '2020-01-01T00:00:00.000Z', ...message })));
    expect(new Set(messages.map((message) => message.id)).size).toBe(messages.length);
  });
});

describe(readTokens.name, () => {
  it.each<[string, string[]]>([
    ['the last of several', [noted({ input: 7 }), noted({}), '{"$set":{"lastUpdated":"2026-01-01"}}', '']],
    ['behind half a line', ['put":1,"tokens":{}', noted({})]],
    ['before half a line', [noted({}), '{"type":"gemini","tokens":{"inp']],
    ['before words about tokens', [noted({}), '{"type":"user","content":"\\"tokens\\""}', '{"type":"gemini","tokens":null}']],
  ])('finds them: %s', (_, lines) => {
    expect(readTokens(lines.join('\n'))).toEqual({ id: 'm', ...tokens });
  });

  it.each([
    '',
    '{"type":"gemini","tokens":null}',
    '{"type":"user","tokens":{"input":1,"output":1,"cached":0,"thoughts":0}}',
    noted({ cached: -1 }),
    noted({ input: 1.5 }),
    noted({ thoughts: 'many' }),
    '[1,"tokens"]',
    'null"tokens"',
    '"tokens"',
  ])('finds none in %j', (text) => {
    expect(readTokens(text)).toBeUndefined();
  });
});
