import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { type Decoded, TurnDecoder } from './decode-events.js';
import { type FunctionTool } from '../../kernel/completion-request.js';

const functions = (...names: string[]): FunctionTool[] => names.map((name) => ({ name }));
const decoderOf = (tools: readonly FunctionTool[], structured: boolean, historyLines = 0): TurnDecoder =>
  new TurnDecoder({ model: 'opus', warnings: [], tools, structured, historyLines });
const api = (event: object): string => JSON.stringify({ type: 'stream_event', parent_tool_use_id: null, event });
const start = api({ type: 'message_start', message: { id: 'm', usage: { input_tokens: 7 } } });
const opened = (index: number, block: object): string => api({ type: 'content_block_start', index, content_block: block });
const delta = (index: number, piece: object): string => api({ type: 'content_block_delta', index, delta: piece });
const closed = (index: number): string => api({ type: 'content_block_stop', index });
const ended = (reason: string | null, output = 3): string => api({ type: 'message_delta', delta: { stop_reason: reason }, usage: { input_tokens: 7, output_tokens: output } });
const stopped = api({ type: 'message_stop' });
const called = (index: number, name: string, json: string): string[] => [
  opened(index, { type: 'tool_use', id: `toolu_${index}`, name }),
  ...(json === '' ? [] : [delta(index, { type: 'input_json_delta', partial_json: json })]),
  closed(index),
];
const said = (index: number, text: string): string[] => [opened(index, { type: 'text' }), delta(index, { type: 'text_delta', text }), closed(index)];
const thought = (index: number, thinking: string): string[] => [opened(index, { type: 'thinking' }), delta(index, { type: 'thinking_delta', thinking }), closed(index)];
const result = (more: object): string => JSON.stringify({ type: 'result', is_error: false, num_turns: 1, stop_reason: 'end_turn', result: 'words', ...more });

/** What the CLI printed in a recorded run. */
function recording(name: string): string[] {
  const lines = readFileSync(new URL(`./fixtures/${name}.ndjson`, import.meta.url), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as { dir: string; msg: object }).flatMap(({ dir, msg }) => (dir === 'stdout' ? [JSON.stringify(msg)] : []));
}

function decodeAll(decoder: TurnDecoder, lines: readonly string[]): Decoded[] {
  return lines.flatMap((line) => decoder.decode(line)).filter(({ type }) => type !== 'rate-limit' && type !== 'reply' && type !== 'idle');
}

describe('calls of functions', () => {
  it('are told as they come, whether the CLI asks for their results before the answer is over or after it (recorded)', () => {
    const decoder = decoderOf(functions('get_time', 'get_weather'), false, 2);
    const decoded = decodeAll(decoder, recording('r1-full-recipe'));
    const at = decoded.findIndex(({ type }) => type === 'stream-end');
    const calls = decoded.flatMap((item) => (item.type === 'tool-call-start' ? [[item.name, item.callId]] : []));
    expect(calls.map(([name]) => name)).toEqual(['get_weather', 'get_weather', 'get_time']);
    expect(decoded.flatMap((item) => (item.type === 'tool-call-delta' ? [item.json] : []))).toEqual(['{"city":"A"}', '{"city":"B"}', '{}']);
    expect(decoded.flatMap((item) => (item.type === 'call' ? [item.call.callId] : []))).toEqual(calls.map(([, id]) => id));
    expect(decoder.calls).toEqual(calls.map(([, id]) => id));
    expect(decoded[at]).toMatchObject({ reason: 'tool-calls' });
    expect(decoded.slice(at + 1).filter(({ type }) => type !== 'call' && type !== 'history-taken')).toEqual([]);
  });

  it('have arguments, if only empty ones', () => {
    const decoder = decoderOf(functions('f'), false);
    expect(decodeAll(decoder, [start, ...called(0, 'f', ''), ended('tool_use')]).slice(1)).toMatchObject([
      { type: 'tool-call-start', block: 0, callId: 'toolu_0', name: 'f' },
      { type: 'tool-call-delta', block: 0, json: '{}' },
      { type: 'tool-call-end', block: 0 },
      { type: 'stream-end', reason: 'tool-calls' },
    ]);
  });

  it('are forgotten where the message began anew before a word of it was told', () => {
    const decoder = decoderOf(functions('f'), false);
    decodeAll(decoder, [start, opened(0, { type: 'tool_use', id: 'lost', name: 'f' }), start, ...called(0, 'f', '{}'), ended('tool_use')]);
    expect(decoder.calls).toEqual(['toolu_0']);
  });

  it('of functions that are not offered are an error that names them', () => {
    const decoder = decoderOf(functions('f'), false);
    expect(() => decodeAll(decoder, [start, ...called(0, 'rm_rf', '{}')])).toThrow(
      expect.objectContaining({ code: 'upstream_error', shouldRetry: false, message: expect.stringContaining('"rm_rf"') }),
    );
  });
});

describe('answers by a schema', () => {
  const texts = (decoded: readonly Decoded[]): string => decoded.flatMap((item) => (item.type === 'text-delta' ? [item.text] : [])).join('');

  it('are what the model gives to the tool of the CLI (recorded)', () => {
    const decoder = decoderOf([], true);
    const decoded = decodeAll(decoder, recording('g1-json-schema'));
    expect(texts(decoded)).toBe('{"name":"x","n":1}');
    expect(decoded.at(-1)).toMatchObject({ type: 'stream-end', reason: 'stop' });
    expect([decoder.resumable, decoder.calls]).toEqual([false, []]);
  });

  it('are without the words beside them, but with the thoughts', () => {
    const decoded = decodeAll(decoderOf([], true), [start, ...thought(0, 'hm'), ...said(1, 'Here:'), ...called(2, 'StructuredOutput', '{"a":1}'), ended('tool_use'), stopped]);
    expect(decoded.flatMap((item) => ('text' in item ? [[item.type, item.text]] : []))).toEqual([
      ['reasoning-delta', 'hm'],
      ['text-delta', '{"a":1}'],
    ]);
  });

  it('are the second message, where the first is words after thoughts; the figures are those of both', () => {
    const first = [start, ...thought(0, 'hm'), ...said(1, 'words'), ended('end_turn', 5), stopped];
    const decoded = decodeAll(decoderOf([], true), [...first, start, ...thought(0, 'oh'), ...called(1, 'StructuredOutput', '{}'), ended('tool_use', 3), stopped]);
    expect(texts(decoded)).toBe('{}');
    expect(decoded.at(-1)).toMatchObject({ type: 'stream-end', reason: 'stop', usage: { inputTokens: 14, outputTokens: 8 } });
  });

  it('cost what the vendor said at their beginning and at their end, each once', () => {
    const usage = { input_tokens: 7, cache_read_input_tokens: 300, cache_creation_input_tokens: 20, output_tokens: 1 };
    const opening = api({ type: 'message_start', message: { id: 'm', usage } });
    const ending = api({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } });
    const decoded = decodeAll(decoderOf([], false), [opening, ...said(0, 'words'), ending, stopped]);
    expect(decoded[0]).toMatchObject({ type: 'stream-start', inputTokens: 327, cachedInputTokens: 300, cacheWriteInputTokens: 20 });
    expect(decoded.at(-1)).toMatchObject({ usage: { inputTokens: 327, outputTokens: 5, cachedInputTokens: 300, cacheWriteInputTokens: 20 } });
  });

  it('are not charged for the answers before them in the same turn of the CLI', () => {
    // A refusal comes with the result alone, whose figures are those of all calls of the API in the turn.
    const refused = result({ stop_reason: 'refusal', usage: { input_tokens: 500, output_tokens: 90 } });
    const decoded = decodeAll(decoderOf([], false), [start, ended(null, 2), stopped, refused]);
    expect(decoded.find(({ type }) => type === 'stream-end')).toMatchObject({ reason: 'content-filter', usage: { inputTokens: 7, outputTokens: 2 } });
  });

  it('are counted as far as the vendor has counted, where they come to nothing', () => {
    const decoder = decoderOf([], true);
    expect(decoder.spent).toBeUndefined();
    decodeAll(decoder, [start, ...said(0, 'words')]);
    expect(decoder.spent).toMatchObject({ inputTokens: 7, outputTokens: 0, estimated: true });
    decodeAll(decoder, [ended('end_turn', 5), stopped]);
    expect(decoder.spent).toEqual({ inputTokens: 7, outputTokens: 5, cachedInputTokens: 0, cacheWriteInputTokens: 0 });
    decodeAll(decoder, [start, ...said(0, 'again'), ended('end_turn', 4), stopped]);
    expect(() => decodeAll(decoder, [result({})])).toThrow(expect.objectContaining({ code: 'invalid_structured_output' }));
    expect(decoder.spent).toMatchObject({ inputTokens: 14, outputTokens: 9 });
    expect(decoder.spent).not.toHaveProperty('estimated');
  });

  it('break off like any other', () => {
    const decoder = decoderOf([], true);
    expect(() => decodeAll(decoder, [start, ...thought(0, 'hm'), opened(1, { type: 'tool_use', id: 't', name: 'StructuredOutput' }), stopped])).toThrow(
      expect.objectContaining({ code: 'upstream_error' }),
    );
  });

  it.each<[string, object]>([
    ['words alone', {}],
    ['all tries', { is_error: true, subtype: 'error_max_structured_output_retries', result: undefined }],
  ])('that never come are an error: after %s', (_, more) => {
    const decoder = decoderOf([], true);
    const words = [start, ...thought(0, 'hm'), ...said(1, 'words'), ended('end_turn'), stopped];
    expect(() => decodeAll(decoder, [...words, ...words, result(more)])).toThrow(expect.objectContaining({ code: 'invalid_structured_output' }));
  });

  it('are given up at once where the CLI does not take the schema', () => {
    const init = (tools: unknown): string => JSON.stringify({ type: 'system', subtype: 'init', tools });
    expect(decoderOf([], true).decode(init(['f', 'StructuredOutput']))).toEqual([]);
    expect(decoderOf(functions('f'), false).decode(init(['f']))).toEqual([]);
    expect(() => decoderOf([], true).decode(init(['f']))).toThrow(expect.objectContaining({ code: 'invalid_parameter', param: 'response_format' }));
  });

  it('may be a call of the client’s functions, with the words before it', () => {
    const decoder = decoderOf(functions('f'), true);
    const decoded = decodeAll(decoder, [start, ...said(0, 'Let me see.'), ...called(1, 'f', '{}'), ended('tool_use')]);
    expect(texts(decoded)).toBe('Let me see.');
    expect([decoded.at(-1), decoder.calls]).toMatchObject([{ reason: 'tool-calls' }, ['toolu_1']]);
  });
});

describe('thoughts', () => {
  it('keep the signature that proves them, and stand in for those that the vendor keeps to itself (recorded)', () => {
    const decoded = decodeAll(decoderOf([], false), recording('j1-thinking'));
    expect(decoded.filter(({ type }) => type === 'reasoning-end')).toEqual([
      { type: 'reasoning-end', block: 0, signature: 'bW9jaw==', redacted: true },
      { type: 'reasoning-end', block: 1, signature: 'bW9jay1zaWduYXR1cmU=' },
    ]);
  });
});
