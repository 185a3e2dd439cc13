import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { encodeSessionFile, type HistoryPart, type HistoryTurn, readTokens, repeatedOf, sessionFileEnd, sessionFileName } from './session-file.js';

const id = '3f2b8c1e-9d4a-4c57-8e21-6a0f5b7d1c93';
const tokens = { input: 50, output: 3, cached: 40, thoughts: 9 };
const noted = (more: object, of = 'm'): string => JSON.stringify({ id: of, type: 'gemini', content: 'said', tokens: { ...tokens, tool: 0, total: 62, ...more } });

const answerTo = (callId: string): HistoryPart => ({ functionResponse: { id: callId, name: 'f', response: { output: `of ${callId}` } } });
/** Calls, and their results in another order. */
const calling = (ids: string[], ...words: HistoryPart[]): HistoryTurn[] => [
  { role: 'model', parts: ids.map((callId) => ({ functionCall: { id: callId, name: 'f', args: { x: 1 } } })) },
  { role: 'user', parts: [...ids.reverse().map(answerTo), ...words] },
];
const call = (callId: string): object => ({
  id: callId,
  name: 'f',
  args: { x: 1 },
  displayName: 'of old',
  status: 'success',
  timestamp: '2020-01-01T00:00:00.000Z',
  result: [answerTo(callId)],
});

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
    ['calls with their results', calling(['1', '2']), [{ type: 'gemini', content: '', thoughts: [], tokens: null, model: 'gemini-x', toolCalls: [call('1'), call('2')] }]],
    [
      'and what is said behind these',
      calling(['1'], { text: 'so?' }),
      [
        { type: 'gemini', content: '', thoughts: [], tokens: null, model: 'gemini-x', toolCalls: [call('1')] },
        { type: 'user', content: [{ text: 'so?' }] },
      ],
    ],
  ])('holds %s', (_, history, expected) => {
    const { messages } = encoded(history);
    expect(messages).toEqual(expected.map((message) => ({ id: expect.stringMatching(/^[0-9a-f-]{36}$/), timestamp: '2020-01-01T00:00:00.000Z', ...message })));
    expect(new Set(messages.map((message) => message.id)).size).toBe(messages.length);
  });
});

it('is made in no time, also of very many calls', () => {
  const ids = Array.from({ length: 20_000 }, (_, index) => `call_${index}`);
  const began = performance.now();
  encodeSessionFile(id, '/w', calling(ids), 'gemini-x');
  expect(performance.now() - began).toBeLessThan(1500);
});

describe(repeatedOf.name, () => {
  it.each<[number, HistoryTurn[]]>([
    [0, []],
    [
      2,
      [
        { role: 'user', parts: [{ text: 'q' }] },
        { role: 'model', parts: [{ text: ' ' }, { text: 'a' }] },
      ],
    ],
    [1, [{ role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }] }, ...calling(['1'])]],
  ])('is %d', (count, history) => {
    expect(repeatedOf(history)).toBe(count);
  });
});

describe(readTokens.name, () => {
  it.each<[string, string[], object[]]>([
    [
      'each',
      [noted({ input: 7 }, 'a'), noted({}), '{"$set":{"lastUpdated":"2026-01-01"}}', ''],
      [
        { id: 'a', ...tokens, input: 7 },
        { id: 'm', ...tokens },
      ],
    ],
    ['one that was noted again', [noted({ input: 7 }), noted({})], [{ id: 'm', ...tokens }]],
    ['behind half a line', ['put":1,"tokens":{}', noted({})], [{ id: 'm', ...tokens }]],
    ['before half a line', [noted({}), '{"type":"gemini","tokens":{"inp'], [{ id: 'm', ...tokens }]],
    ['before words about tokens', [noted({}), '{"type":"user","content":"\\"tokens\\""}', '{"id":"x","type":"gemini","tokens":null}'], [{ id: 'm', ...tokens }]],
  ])('finds them: %s', (_, lines, expected) => {
    expect(readTokens(lines.join('\n'))).toEqual(expected);
  });

  it.each([
    '',
    '{"id":"m","type":"gemini","tokens":null}',
    '{"id":"m","type":"user","tokens":{"input":1,"output":1,"cached":0,"thoughts":0}}',
    '{"type":"gemini","tokens":{"input":1,"output":1,"cached":0,"thoughts":0}}',
    noted({ cached: -1 }),
    noted({ input: 1.5 }),
    noted({ thoughts: 'many' }),
    '[1,"tokens"]',
    'null"tokens"',
    '"tokens"',
  ])('finds none in %j', (text) => {
    expect(readTokens(text)).toEqual([]);
  });
});
