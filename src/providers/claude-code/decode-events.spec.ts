import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { type Decoded, TurnDecoder } from './decode-events.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type StreamEvent } from '../../kernel/stream-event.js';

interface Outcome {
  readonly text: string;
  readonly reasoning: string;
  readonly ending: string;
  readonly signals: readonly string[];
  readonly events: readonly StreamEvent[];
}

/** What the CLI printed in a recorded run; two-way logs hold what it was sent too. */
function recording(name: string): string[] {
  const lines = readFileSync(new URL(`./fixtures/${name}.ndjson`, import.meta.url), 'utf8')
    .trim()
    .split('\n');
  return lines.flatMap((line) => {
    const entry = JSON.parse(line) as { dir?: string; msg?: object };
    if (entry.dir === undefined) return [line];
    return entry.dir === 'stdout' ? [JSON.stringify(entry.msg)] : [];
  });
}

function replay(lines: readonly string[], historyLines = 0): Outcome {
  const decoder = new TurnDecoder({ model: 'opus', warnings: [], tools: [], structured: false, historyLines });
  const decoded: Decoded[] = [];
  let ending = 'none';
  try {
    for (const line of lines) decoded.push(...decoder.decode(line));
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    ending = error.code;
  }
  const signals = decoded.flatMap((item) => (['history-taken', 'idle', 'reply', 'noise'].includes(item.type) ? [item.type] : []));
  const events = decoded.filter((item): item is StreamEvent => /^(stream|text|reasoning)-/.test(item.type));
  const joined = (type: string): string => events.map((event) => (event.type === type && 'text' in event ? event.text : '')).join('');
  const end = events.at(-1);
  if (end?.type === 'stream-end') ending = end.reason;
  return { text: joined('text-delta'), reasoning: joined('reasoning-delta'), ending, signals, events };
}

/** One start, balanced blocks under fresh numbers, one end and nothing after it. */
function expectGrammar(events: readonly StreamEvent[], complete: boolean): void {
  const open = new Set<number>();
  const used = new Set<number>();
  for (const [index, event] of events.entries()) {
    expect(event.type === 'stream-start').toBe(index === 0);
    expect(event.type === 'stream-end').toBe(complete && index === events.length - 1);
    if (!('block' in event)) continue;
    if (event.type.endsWith('-start')) {
      expect(used).not.toContain(event.block);
      used.add(event.block);
      open.add(event.block);
    } else {
      expect(open).toContain(event.block);
      if (event.type.endsWith('-end')) open.delete(event.block);
    }
  }
  if (complete) expect(open.size).toBe(0);
}

describe('TurnDecoder on recorded runs', () => {
  const answers: readonly [string, Partial<Outcome> & { history?: number }][] = [
    ['a3-stream', { text: 'Hello there, friend.', reasoning: 'Let me think about it.', ending: 'stop', signals: ['idle'] }],
    ['a5-rate-limit-event', { text: 'fine', ending: 'stop', signals: ['idle'] }],
    ['e5-history-replay', { history: 2, text: 'one', ending: 'stop', signals: ['history-taken', 'history-taken', 'idle'] }],
    ['f1-image', { text: 'red', ending: 'stop', signals: ['idle'] }],
    ['h2-stateless-tool-continuation', { history: 1, text: 'done', ending: 'stop' }],
    ['i5-429-retry-then-ok', { text: 'fine', ending: 'stop' }],
    ['i9-refusal', { text: 'no', ending: 'content-filter' }],
    ['i12-max-tokens', { text: 'abc', ending: 'length' }],
    ['j1-thinking', { reasoning: 'let me think about this for a while', text: 'abc', ending: 'stop' }],
  ];

  it.each(answers)('%s: one answer, whole, once', (name, { history = 0, ...expected }) => {
    const outcome = replay(recording(name), history);
    expectGrammar(outcome.events, true);
    expect(outcome).toMatchObject(expected);
  });

  const failures: readonly [string, string, string][] = [
    ['i1-400-prompt-too-long', 'context_length_exceeded', ''],
    ['i2-401', 'provider_unavailable', ''],
    ['i3-403', 'provider_unavailable', ''],
    ['i4-404-model', 'model_not_found', ''],
    ['i6-429-usage-limit', 'provider_rate_limited', ''],
    ['i7-midstream-error', 'upstream_error', 'abcdefghij klmnopqrst uv'],
    ['i8-midstream-cut', 'upstream_error', 'abcdefghij klmnopqrst uv'],
    ['i10-529-one-retry', 'upstream_error', ''],
    ['i11-conn-refused', 'upstream_error', ''],
    ['i13-not-logged-in', 'provider_unavailable', ''],
    ['i14-midstream-error-no-fallback', 'upstream_error', 'abcdefghij klmnopqrst uv'],
    ['i22-interrupt-then-next', 'upstream_error', 'w1 w2 w3 w4 w5 w6 w7 w8 w9 '],
    ['g1-json-schema', 'upstream_error', ''],
    ['k1-usage-tool-turn', 'upstream_error', 'abc'],
  ];

  it.each(failures)('%s: %s', (name, code, text) => {
    const outcome = replay(recording(name));
    expectGrammar(outcome.events, false);
    expect(outcome).toMatchObject({ ending: code, text });
  });

  it('gives the figures of the answer that it returns, not those of all that the CLI did', () => {
    const { events } = replay(recording('i12-max-tokens'));
    expect(events[0]).toMatchObject({ type: 'stream-start', model: 'claude-opus-5-5', inputTokens: 320 });
    expect(events.at(-1)).toEqual({ type: 'stream-end', reason: 'length', usage: { inputTokens: 320, outputTokens: 1, cachedInputTokens: 53, cacheWriteInputTokens: 266 } });
  });

  it('tells when the limit is lifted', () => {
    const decoder = new TurnDecoder({ model: 'opus', warnings: [], tools: [], structured: false, historyLines: 0 });
    const resetsAt = Math.ceil(Date.now() / 1000) + 3600;
    decoder.decode(JSON.stringify({ type: 'rate_limit_event', rate_limit_info: { status: 'rejected', resetsAt } }));
    expect(() => decoder.decode(JSON.stringify({ type: 'result', is_error: true, api_error_status: 429, result: 'limit', num_turns: 1 }))).toThrow(
      expect.objectContaining({ code: 'provider_rate_limited', retryAfter: expect.any(Number), shouldRetry: false }),
    );
  });
});

describe('TurnDecoder', () => {
  const api = (event: object): string => JSON.stringify({ type: 'stream_event', parent_tool_use_id: null, event });
  const start = (id: string): string => api({ type: 'message_start', message: { id, model: 'claude-x', usage: { input_tokens: 7 } } });
  const block = (index: number, type = 'text'): string => api({ type: 'content_block_start', index, content_block: { type } });
  const say = (index: number, text: string): string => api({ type: 'content_block_delta', index, delta: { type: 'text_delta', text } });
  const end = (reason: string | null): string => api({ type: 'message_delta', delta: { stop_reason: reason }, usage: { input_tokens: 7, output_tokens: 3 } });
  const stop = api({ type: 'message_stop' });

  it('goes on with the fresh message where the first broke off before its first word', () => {
    const outcome = replay([start('a'), block(0), api({ type: 'content_block_stop', index: 0 }), stop, start('b'), block(0), say(0, 'whole'), end('end_turn'), stop]);
    expectGrammar(outcome.events, true);
    expect(outcome).toMatchObject({ text: 'whole', ending: 'stop' });
    expect(outcome.events[0]).toMatchObject({ id: 'b' });
    // Both calls of the API were made.
    expect(outcome.events.at(-1)).toMatchObject({ usage: { inputTokens: 14, outputTokens: 3 } });
  });

  it('takes an answer that came in one piece', () => {
    const outcome = replay([
      JSON.stringify({ type: 'result', is_error: false, num_turns: 1, result: 'all of it', stop_reason: 'end_turn', usage: { input_tokens: 1, output_tokens: 2 } }),
    ]);
    expectGrammar(outcome.events, true);
    expect(outcome).toMatchObject({ text: 'all of it', ending: 'stop', signals: ['idle'] });
  });

  it('does not call a turn answered that the CLI swallowed', () => {
    expect(replay([JSON.stringify({ type: 'result', subtype: 'success', is_error: false, num_turns: 0, result: '' })]).ending).toBe('cli_failed');
    expect(replay([JSON.stringify({ type: 'result', subtype: 'error_during_execution', is_error: true, num_turns: 1 })]).ending).toBe('cli_failed');
    expect(replay([JSON.stringify({ type: 'result', num_turns: 1 })]).ending).toBe('upstream_error');
  });

  it('ignores what it does not know, what belongs to others and what is no JSON', () => {
    const foreign = JSON.stringify({ type: 'stream_event', parent_tool_use_id: 't', event: { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'x' } } });
    const outcome = replay([
      '{"type":"of_tomorrow","event":null}',
      'garbage',
      '{"half',
      '{}',
      start('a'),
      block(0),
      foreign,
      block(1, 'of_tomorrow'),
      say(1, 'y'),
      say(0, 'z'),
      end('end_turn'),
    ]);
    expect(outcome).toMatchObject({ text: 'z', ending: 'stop', signals: ['noise', 'noise'] });
  });

  it('answers a request of the CLI, so that it does not wait for ever', () => {
    const decoder = new TurnDecoder({ model: 'opus', warnings: [], tools: [], structured: false, historyLines: 0 });
    const [reply] = decoder.decode(JSON.stringify({ type: 'control_request', request_id: 'q1', request: { subtype: 'can_use_tool' } }));
    expect(reply?.type === 'reply' && JSON.parse(reply.line)).toMatchObject({ type: 'control_response', response: { subtype: 'error', request_id: 'q1' } });
  });

  it('names the model that the CLI does not take', () => {
    expect(replay([JSON.stringify({ type: 'control_response', response: { subtype: 'error', request_id: 'initialize', error: 'x' } })]).ending).toBe('cli_failed');
  });

  it.each([
    ['end_turn', 'words', true],
    ['end_turn', ' ', false],
    ['max_tokens', 'words', false],
    ['refusal', 'words', false],
  ])('after %s with text "%s": resumable %s', (reason, text, resumable) => {
    const decoder = new TurnDecoder({ model: 'opus', warnings: [], tools: [], structured: false, historyLines: 0 });
    for (const line of [start('a'), block(0), say(0, text), end(reason)]) decoder.decode(line);
    expect(decoder.resumable).toBe(resumable);
  });
});
