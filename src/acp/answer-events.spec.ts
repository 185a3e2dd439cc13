import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { AnswerEvents } from './answer-events.js';
import { finishReasonOf } from './finish-reason.js';
import { readUsage } from './read-usage.js';
import { readUpdate, type SessionUpdate } from './session-update.js';
import { grammarFault } from '../../test/support/event-arbitraries.js';
import { fieldsOf, textOf } from '../kernel/read-value.js';
import { type StreamEvent } from '../kernel/stream-event.js';

const start = { id: 'a1', model: 'm', warnings: [] };
const said = (text: unknown, more: object = {}): SessionUpdate => ({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text }, ...more });
const thought = (text: string): SessionUpdate => ({ sessionUpdate: 'agent_thought_chunk', content: { type: 'text', text } });

function answerOf(updates: readonly SessionUpdate[]): { events: StreamEvent[]; toolCalls: number } {
  const answer = new AnswerEvents(start);
  const events = updates.flatMap((update) => [...answer.accept(update)]);
  events.push(...answer.end('stop', { inputTokens: 1, outputTokens: 2 }));
  return { events, toolCalls: answer.toolCalls };
}

const textIn = (events: readonly StreamEvent[], type: 'text-delta' | 'reasoning-delta'): string =>
  events.map((event) => (event.type === type && 'text' in event ? event.text : '')).join('');

/** A recorded prompt, replayed. */
function replay(name: string): { events: StreamEvent[]; toolCalls: number } {
  const messages = readFileSync(new URL(`./fixtures/${name}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { msg: unknown }).msg)
    .map(fieldsOf);
  const answer = new AnswerEvents(start);
  const events: StreamEvent[] = [];
  for (const { method, params, result } of messages) {
    const update = method === 'session/update' ? readUpdate(params)?.update : undefined;
    if (update) events.push(...answer.accept(update));
    const stopReason = textOf(fieldsOf(result)['stopReason']);
    if (stopReason !== undefined) events.push(...answer.end(finishReasonOf(stopReason), readUsage(result)));
  }
  return { events, toolCalls: answer.toolCalls };
}

describe(AnswerEvents.name, () => {
  it('begins with the first word, not before', () => {
    const answer = new AnswerEvents(start);
    expect(answer.accept({ sessionUpdate: 'available_commands_update', availableCommands: [] })).toEqual([]);
    expect(answer.begun).toBe(false);
    expect(answer.accept(said('hi'))).toEqual([
      { type: 'stream-start', ...start },
      { type: 'text-start', block: 0 },
      { type: 'text-delta', block: 0, text: 'hi' },
    ]);
    expect(answer.begun).toBe(true);
  });

  it('makes blocks of thoughts and texts as they take turns', () => {
    const { events } = answerOf([thought('hm'), thought('!'), said('a'), said('b'), thought('more'), said('c')]);
    expect(events.slice(1, -1).map((event) => ('block' in event ? `${event.block} ${event.type}` : event.type))).toEqual([
      ...['0 reasoning-start', '0 reasoning-delta', '0 reasoning-delta', '0 reasoning-end'],
      ...['1 text-start', '1 text-delta', '1 text-delta', '1 text-end'],
      ...['2 reasoning-start', '2 reasoning-delta', '2 reasoning-end'],
      ...['3 text-start', '3 text-delta', '3 text-end'],
    ]);
  });

  it('sets messages of one turn apart', () => {
    const { events } = answerOf([
      said('first, ', { messageId: 'm1' }),
      said('then', { messageId: 'm1' }),
      said('last', { messageId: 'm2' }),
      said('!', { messageId: 'm2' }),
      said('a '),
      said('notice'),
    ]);
    expect(textIn(events, 'text-delta')).toBe('first, then\n\nlast!\n\na notice');
  });

  it('is whole where nothing was said', () => {
    expect(answerOf([]).events).toEqual([
      { type: 'stream-start', ...start },
      { type: 'stream-end', reason: 'stop', usage: { inputTokens: 1, outputTokens: 2 } },
    ]);
  });

  it.each<[string, SessionUpdate]>([
    ['a picture', { sessionUpdate: 'agent_message_chunk', content: { type: 'image', data: 'x', mimeType: 'image/png' } }],
    ['no content', { sessionUpdate: 'agent_message_chunk' }],
    ['an empty text', said('')],
    ['a text that is none', said(7)],
    ['what the user said', { sessionUpdate: 'user_message_chunk', content: { type: 'text', text: 'x' } }],
    ['the progress of a tool', { sessionUpdate: 'tool_call_update', content: [{ type: 'content', content: { type: 'text', text: 'x' } }] }],
    ['an update of the future', { sessionUpdate: 'agent_dream', content: { type: 'text', text: 'x' } }],
  ])('leaves out %s', (_case, update) => {
    expect(new AnswerEvents(start).accept(update)).toEqual([]);
  });

  it('counts the calls of tools', () => {
    expect(answerOf([{ sessionUpdate: 'tool_call' }, said('x'), { sessionUpdate: 'tool_call' }]).toolCalls).toBe(2);
  });

  it('guesses the tokens where the agent does not count them', () => {
    const answer = new AnswerEvents(start);
    answer.accept(said('x'.repeat(40)));
    expect(answer.end('length', undefined, 80).at(-1)).toEqual({ type: 'stream-end', reason: 'length', usage: { inputTokens: 20, outputTokens: 10, estimated: true } });
  });

  it.each([
    ['codex-acp-prompt', 'Echo: Say hi', '', { inputTokens: 7990, outputTokens: 3, cachedInputTokens: 0, cacheWriteInputTokens: 0, reasoningTokens: 0 }, 0],
    ['gemini-basic', 'Echo: Say hi', '**Plan**\n****\ndo****\nit', { inputTokens: 125, outputTokens: 3 }, 0],
    ['gemini-tool', 'Tool result: {"output":"<untrusted_context>\\n{\\"temp\\":21}\\n</untrusted_context>"}', '', { inputTokens: 390, outputTokens: 25 }, 1],
  ])('reads what %s said', (name, text, reasoning, usage, calls) => {
    const { events, toolCalls } = replay(name);
    expect(grammarFault(events)).toBeUndefined();
    expect([textIn(events, 'text-delta'), textIn(events, 'reasoning-delta'), toolCalls]).toEqual([text, reasoning, calls]);
    expect(events.at(-1)).toEqual({ type: 'stream-end', reason: 'stop', usage });
  });

  it('keeps the grammar and every word, whatever comes', () => {
    const update = fc.oneof(
      fc.record({
        sessionUpdate: fc.constantFrom('agent_message_chunk', 'agent_thought_chunk'),
        messageId: fc.option(fc.constantFrom('m1', 'm2'), { nil: undefined }),
        content: fc.record({ type: fc.constant('text'), text: fc.string({ unit: 'grapheme', maxLength: 8 }) }),
      }),
      fc.record({ sessionUpdate: fc.constantFrom('tool_call', 'plan', 'agent_message_chunk', 'x'), content: fc.anything() }),
    );
    fc.assert(
      fc.property(fc.array(update, { maxLength: 20 }), (updates) => {
        const { events } = answerOf(updates);
        expect(grammarFault(events)).toBeUndefined();
        const thoughts = updates.filter(({ sessionUpdate }) => sessionUpdate === 'agent_thought_chunk').map(({ content }) => textOf(fieldsOf(content)['text']) ?? '');
        expect(textIn(events, 'reasoning-delta')).toBe(thoughts.join(''));
      }),
    );
  });
});
