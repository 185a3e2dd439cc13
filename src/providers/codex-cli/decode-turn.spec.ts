import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ExpectedTurn, TurnDecoder } from './decode-turn.js';
import { type TurnParams } from './protocol.js';
import { ToolNames } from './tool-names.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type StreamEvent } from '../../kernel/stream-event.js';
import { grammarFault } from '../../../test/support/event-arbitraries.js';

type Note = readonly [string, TurnParams];

const decoder = (change: Partial<ExpectedTurn> = {}): TurnDecoder =>
  new TurnDecoder({
    id: 'thread-1',
    model: 'gpt-x',
    warnings: [],
    before: { inputTokens: 100, outputTokens: 10 },
    names: new ToolNames([]),
    resumed: false,
    inputTokens: () => 9,
    told: new Set(),
    retryAfter: () => 77,
    ...change,
  });

/** The notifications of a recorded turn. */
function recorded(name: string): Note[] {
  return readFileSync(join(import.meta.dirname, 'fixtures', `${name}.jsonl`), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { dir: string; msg: { method?: string; params?: TurnParams } })
    .flatMap(({ dir, msg: { method, params } }) => (dir === 'in' && method !== undefined ? [[method, params ?? {}] as const] : []));
}

function decode(notes: readonly Note[], by = decoder()): { events: StreamEvent[]; error: unknown } {
  const events: StreamEvent[] = [];
  try {
    for (const [method, params] of notes) events.push(...by.decode(method, params));
    return { events, error: undefined };
  } catch (error) {
    return { events, error };
  }
}

const text = (delta: string, itemId = 'm'): Note => ['item/agentMessage/delta', { itemId, delta }];
const retry = (change: object = {}): Note => [
  'error',
  { willRetry: true, error: { message: 'Reconnecting... 1/5', codexErrorInfo: { responseStreamDisconnected: { httpStatusCode: null } }, ...change } },
];
const completed: Note = ['turn/completed', { turn: { status: 'completed' } }];

describe(TurnDecoder.name, () => {
  it('decodes a recorded turn', () => {
    const { events, error } = decode(recorded('basic-with-reasoning'), decoder({ before: {} }));
    expect(error).toBeUndefined();
    expect(grammarFault(events)).toBeUndefined();
    const joined = (type: string): string => events.map((event) => (event.type === type && 'text' in event ? event.text : '')).join('');
    expect([joined('reasoning-delta'), joined('text-delta')]).toEqual(['thinking about it', 'Echo: Say hi']);
    expect(events.at(-1)).toEqual({
      type: 'stream-end',
      reason: 'stop',
      usage: { inputTokens: 6932, outputTokens: 8, cachedInputTokens: 0, cacheWriteInputTokens: 0, reasoningTokens: 5 },
    });
  });

  it('decodes the recorded calls of a turn, at the moment when the vendor has said all', () => {
    const notes = recorded('parallel-tools');
    const end = notes.findIndex(([method]) => method === 'rawResponse/completed') + 1;
    const { events, error } = decode(notes.slice(0, end), decoder({ names: new ToolNames([{ name: 'f' }, { name: 'g' }]) }));
    expect(error).toBeUndefined();
    expect(grammarFault(events)).toBeUndefined();
    const json = '{"long":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}';
    expect(events.slice(1)).toEqual([
      { type: 'tool-call-start', block: 0, callId: 'call_0b5a9974', name: 'f' },
      { type: 'tool-call-delta', block: 0, json },
      { type: 'tool-call-end', block: 0 },
      { type: 'tool-call-start', block: 1, callId: 'call_c18ac4c7', name: 'g' },
      { type: 'tool-call-delta', block: 1, json },
      { type: 'tool-call-end', block: 1 },
      { type: 'stream-end', reason: 'tool-calls', usage: { inputTokens: 162, outputTokens: 2, cachedInputTokens: 0, cacheWriteInputTokens: 0, reasoningTokens: 0 } },
    ]);
    const rest = decode(notes.slice(end), decoder({ resumed: true, names: new ToolNames([{ name: 'f' }, { name: 'g' }]) }));
    expect(rest.events.at(-1)).toEqual({
      type: 'stream-end',
      reason: 'stop',
      usage: { inputTokens: 322, outputTokens: 5, cachedInputTokens: 0, cacheWriteInputTokens: 0, reasoningTokens: 0 },
    });
    expect(decode(notes, decoder({ names: new ToolNames([{ name: 'f' }]) })).error).toMatchObject({ code: 'upstream_error', message: expect.stringContaining('"g"') });
  });

  it('guesses what calls cost where the vendor does not say', () => {
    const call: Note = ['rawResponseItem/completed', { item: { type: 'function_call', call_id: 'c', name: 'f', arguments: '{"a": 1}' } }];
    const { events } = decode([call, ['rawResponse/completed', { usage: null }]], decoder({ names: new ToolNames([{ name: 'f' }]) }));
    expect(events.at(-1)).toEqual({ type: 'stream-end', reason: 'tool-calls', usage: { inputTokens: 9, outputTokens: 2, estimated: true } });
  });

  it.each([
    ['error-e500-limited', 'upstream_error'],
    ['error-cut-limited', 'upstream_error'],
    ['error-e503-limited', 'upstream_error'],
    ['error-failedEvt-limited', 'upstream_error'],
    ['error-refused-limited', 'upstream_error'],
    ['error-refused-defaults', 'upstream_error'],
    ['error-e429-limited', 'provider_rate_limited'],
    ['error-failedRate-limited', 'provider_rate_limited'],
    ['error-e429usage-limited', 'provider_rate_limited'],
    ['error-e429-defaults', 'provider_rate_limited'],
    ['error-e400-limited', 'invalid_parameter'],
    ['error-e401-limited', 'provider_unavailable'],
    ['error-e403-limited', 'provider_unavailable'],
    ['error-e404model-limited', 'model_not_found'],
    ['error-ctx-limited', 'context_length_exceeded'],
  ])('makes of the recorded %s a %s', (name, code) => {
    expect(decode(recorded(name)).error).toMatchObject({ code });
  });

  it('says what was heard of a turn that was interrupted, and no end', () => {
    const { events, error } = decode(recorded('interrupt'));
    expect(error).toMatchObject({ code: 'cli_failed' });
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['stream-start', 'text-delta']));
    expect(events.map(({ type }) => type)).not.toContain('stream-end');
  });

  it('calls an answer that the vendor cut long, not failed', () => {
    const { events, error } = decode(recorded('error-incomplete-limited'));
    expect(error).toBeUndefined();
    expect(events.at(-1)).toMatchObject({ type: 'stream-end', reason: 'length' });
    const filtered: Note = ['turn/completed', { turn: { status: 'failed', error: { message: 'Incomplete response returned, reason: content_filter' } } }];
    expect(decode([filtered]).events.at(-1)).toMatchObject({ reason: 'content-filter' });
    const again: Note = ['error', { willRetry: true, error: { message: 'stream disconnected before completion: Incomplete response returned, reason: content_filter' } }];
    expect(decode([text('half'), again]).events.at(-1)).toMatchObject({ reason: 'content-filter', usage: { estimated: true } });
  });

  it('counts what the turn cost, not the thread', () => {
    const total = { inputTokens: 130, outputTokens: 15, cachedInputTokens: 20, reasoningOutputTokens: 2 };
    const { events } = decode([text('x'), ['thread/tokenUsage/updated', { tokenUsage: { total } }], completed]);
    expect(events.at(-1)).toMatchObject({ usage: { inputTokens: 30, outputTokens: 5, cachedInputTokens: 20, reasoningTokens: 2 } });
  });

  it('fails where the CLI asks its vendor again, which no plain answer needs', () => {
    const figures = (inputTokens: number): Note => ['thread/tokenUsage/updated', { tokenUsage: { total: { inputTokens, outputTokens: 12 } } }];
    const unoffered = { code: 'upstream_error', shouldRetry: false, message: expect.stringContaining('nobody offered') };
    expect(decode([figures(130), text('and now'), completed]).error).toMatchObject(unoffered);
    expect(decode([figures(130), ['item/reasoning/textDelta', { itemId: 'r', delta: 'hm' }], completed]).error).toMatchObject(unoffered);
    expect(decode([figures(130), figures(160), completed]).error).toMatchObject(unoffered);
    // The figures of before come again with news of the limits.
    const known: Note = ['thread/tokenUsage/updated', { tokenUsage: { total: { inputTokens: 100, outputTokens: 10 } } }];
    expect(decode([known, text('a'), known, text('b'), figures(130), figures(130), completed]).events.at(-1)).toMatchObject({ usage: { inputTokens: 30, outputTokens: 2 } });
  });

  it('makes paragraphs of several messages, and takes one that was not streamed as a whole', () => {
    const { events } = decode([
      text('a', '1'),
      text('b', '1'),
      ['item/completed', { item: { type: 'agentMessage', id: '1', text: 'ab' } }],
      ['item/completed', { item: { type: 'agentMessage', id: '2', text: 'c' } }],
      completed,
    ]);
    expect(events.flatMap((event) => (event.type === 'text-delta' ? [event.text] : []))).toEqual(['a', 'b', '\n\nc']);
  });

  describe('where the CLI tries again', () => {
    it('is no repetition after a word went out', () => {
      const { events, error } = decode([text('a'), retry(), text('a'), completed]);
      expect(error).toMatchObject({ code: 'upstream_error', shouldRetry: false });
      expect(events.filter(({ type }) => type === 'text-delta')).toHaveLength(1);
    });

    it('does not wait where nothing went out', () => {
      expect(decode([retry()]).error).toMatchObject({ code: 'upstream_error' });
      expect(decode([retry({ codexErrorInfo: { responseTooManyFailedAttempts: { httpStatusCode: 429 } } })]).error).toMatchObject({
        code: 'provider_rate_limited',
        retryAfter: 77,
      });
      expect(decode([retry({ codexErrorInfo: { httpConnectionFailed: { httpStatusCode: 401 } } })]).error).toMatchObject({ code: 'provider_unavailable' });
    });

    it('lets it fall back from a WebSocket, unless the vendor has said no', () => {
      const socket = { additionalDetails: 'unexpected status 404, url: wss://host/v1/responses', codexErrorInfo: { responseStreamDisconnected: { httpStatusCode: 404 } } };
      expect(decode([retry(socket), retry(socket), text('a'), completed]).error).toBeUndefined();
      expect(decode([retry({ ...socket, codexErrorInfo: { responseStreamDisconnected: { httpStatusCode: 401 } } })]).error).toMatchObject({ code: 'provider_unavailable' });
    });
  });

  it('fails where the turn ends without an answer', () => {
    expect(decode([['turn/completed', { turn: { status: 'interrupted' } }]]).error).toMatchObject({ code: 'cli_failed' });
    expect(decode([['turn/completed', {}]]).error).toMatchObject({ code: 'cli_failed' });
  });

  describe('whatever comes in whatever order', () => {
    const item = fc.constantFrom('1', '2');
    const count = fc.constantFrom(100, 101);
    const spoken = fc.oneof(
      fc.tuple(fc.constant('item/agentMessage/delta'), fc.record({ itemId: item, delta: fc.string() })),
      fc.tuple(fc.constant('item/reasoning/summaryTextDelta'), fc.record({ itemId: item, delta: fc.string(), summaryIndex: fc.nat(2) })),
      fc.tuple(fc.constant('item/completed'), fc.record({ item: fc.record({ type: fc.constant('agentMessage'), id: item, text: fc.string() }) })),
      fc.tuple(fc.string(), fc.constant({})),
    );
    const any: fc.Arbitrary<Note> = fc.oneof(
      { weight: 4, arbitrary: spoken },
      fc.constant(retry()),
      fc.tuple(fc.constant('thread/tokenUsage/updated'), fc.record({ tokenUsage: fc.record({ total: fc.record({ inputTokens: count, outputTokens: count }) }) })),
      fc.constant<Note>(['turn/completed', { turn: { status: 'failed', error: { message: 'x', codexErrorInfo: 'other' } } }]),
    );

    it('keeps the grammar', () => {
      fc.assert(
        fc.property(fc.array(spoken, { maxLength: 30 }), (notes) => {
          expect(grammarFault(decode([...notes, completed]).events)).toBeUndefined();
        }),
      );
    });

    it('gives a whole answer or an error, and never the end of an answer that failed', () => {
      fc.assert(
        fc.property(fc.array(any, { maxLength: 20 }), (notes) => {
          const { events, error } = decode([...notes, completed]);
          if (error === undefined) expect(grammarFault(events)).toBeUndefined();
          else {
            expect(error).toBeInstanceOf(GatewayError);
            expect(events.filter(({ type }) => type === 'stream-end')).toEqual([]);
          }
        }),
      );
    });

    it('loses and repeats no word of a message that came in pieces', () => {
      fc.assert(
        fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 10 }), (pieces) => {
          const whole: Note = ['item/completed', { item: { type: 'agentMessage', id: 'm', text: pieces.join('') } }];
          const { events } = decode([...pieces.map((piece) => text(piece)), whole, completed]);
          expect(events.flatMap((event) => (event.type === 'text-delta' ? [event.text] : []))).toEqual(pieces);
        }),
      );
    });
  });
});
