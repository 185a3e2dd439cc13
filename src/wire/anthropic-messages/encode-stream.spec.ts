import Anthropic from '@anthropic-ai/sdk';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { firstValueFrom, from, throwError, toArray } from 'rxjs';
import { encodeMessage } from './encode-message.js';
import { encodeStream } from './encode-stream.js';
import { encodeFailure } from './message-frames.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type StreamEvent } from '../../kernel/stream-event.js';
import { collect } from '../../streaming/collect.js';
import { SseParser } from '../sse/sse-parser.js';
import { eventStreams } from '../../../test/support/event-arbitraries.js';

type ApiEvent = Anthropic.RawMessageStreamEvent;

const head = { id: 'msg_1', model: 'm', requestId: 'req-1' };
const usage = { inputTokens: 100, outputTokens: 7, cachedInputTokens: 60, cacheWriteInputTokens: 30, reasoningTokens: 3 };
const start: StreamEvent = { type: 'stream-start', id: 'x', model: 'm', warnings: [] };
const end: StreamEvent = { type: 'stream-end', reason: 'stop', usage };

const framesOf = (events: readonly StreamEvent[]): Promise<string[]> => firstValueFrom(from(events).pipe(encodeStream(head), toArray()));

function parse(bytes: readonly Uint8Array[]): { event: string; data: unknown }[] {
  const parser = new SseParser();
  return [...bytes.flatMap((chunk) => parser.push(chunk)), ...parser.end()].map(({ event, data }) => ({ event, data: JSON.parse(data) as unknown }));
}

async function eventsOf(events: readonly StreamEvent[]): Promise<ApiEvent[]> {
  return parse([Buffer.from((await framesOf(events)).join(''))]).map(({ data }) => data as ApiEvent);
}

/** The calls of generated answers hold any text: here they are JSON, as a model's. */
function withJsonCalls(events: readonly StreamEvent[]): StreamEvent[] {
  return events.flatMap((event): StreamEvent[] => {
    if (event.type === 'tool-call-start') return [event, { type: 'tool-call-delta', block: event.block, json: '{"said":"' }];
    if (event.type === 'tool-call-delta') return [{ ...event, json: JSON.stringify(event.json).slice(1, -1) }];
    if (event.type === 'tool-call-end') return [{ type: 'tool-call-delta', block: event.block, json: '"}' }, event];
    return [event];
  });
}

/** What a client library makes of the bytes. */
async function accumulate(events: readonly StreamEvent[]): Promise<Anthropic.Message> {
  const body = (await framesOf(events)).join('');
  const client = new Anthropic({ apiKey: 'none', maxRetries: 0, fetch: () => Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } })) });
  const message = await client.messages.stream({ model: 'm', max_tokens: 1, messages: [] }).finalMessage();
  return JSON.parse(JSON.stringify({ ...message, parsed_output: undefined })) as Anthropic.Message;
}

describe('encodeStream', () => {
  it('writes the event sequence of the Anthropic API', async () => {
    const events = await eventsOf([
      { ...start, inputTokens: 90 },
      { type: 'reasoning-start', block: 0 },
      { type: 'reasoning-delta', block: 0, text: 'hm' },
      { type: 'reasoning-end', block: 0, signature: 'sig' },
      { type: 'reasoning-start', block: 1 },
      { type: 'reasoning-end', block: 1, signature: 'secret', redacted: true },
      { type: 'text-start', block: 2 },
      { type: 'text-delta', block: 2, text: 'a\n' },
      { type: 'text-delta', block: 2, text: '' },
      { type: 'text-end', block: 2 },
      { type: 'text-start', block: 3 },
      { type: 'text-end', block: 3 },
      { type: 'tool-call-start', block: 4, callId: 'toolu_1', name: 'f' },
      { type: 'tool-call-delta', block: 4, json: '{"x":' },
      { type: 'tool-call-delta', block: 4, json: '1}' },
      { type: 'tool-call-end', block: 4 },
      { ...end, reason: 'tool-calls' },
    ]);
    expect(events).toEqual([
      { type: 'message_start', message: expect.objectContaining({ id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], stop_reason: null }) },
      { type: 'ping' },
      { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'hm' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'sig' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1, content_block: { type: 'redacted_thinking', data: 'secret' } },
      { type: 'content_block_stop', index: 1 },
      { type: 'content_block_start', index: 2, content_block: { type: 'text', text: '', citations: null } },
      { type: 'content_block_delta', index: 2, delta: { type: 'text_delta', text: 'a\n' } },
      { type: 'content_block_stop', index: 2 },
      { type: 'content_block_start', index: 3, content_block: { type: 'tool_use', id: 'toolu_1', name: 'f', input: {}, caller: { type: 'direct' } } },
      { type: 'content_block_delta', index: 3, delta: { type: 'input_json_delta', partial_json: '{"x":' } },
      { type: 'content_block_delta', index: 3, delta: { type: 'input_json_delta', partial_json: '1}' } },
      { type: 'content_block_stop', index: 3 },
      {
        type: 'message_delta',
        delta: { stop_reason: 'tool_use', stop_sequence: null, stop_details: null, container: null },
        usage: {
          input_tokens: 10,
          cache_creation_input_tokens: 30,
          cache_read_input_tokens: 60,
          output_tokens: 7,
          output_tokens_details: { thinking_tokens: 3 },
          server_tool_use: null,
        },
      },
      { type: 'message_stop' },
    ]);
    expect(events[0]).toMatchObject({ message: { usage: { input_tokens: 90, output_tokens: 0 } } });
  });

  it.each<[Partial<Extract<StreamEvent, { type: 'stream-end' }>>, string, string | null]>([
    [{ reason: 'stop' }, 'end_turn', null],
    [{ reason: 'stop', stopSequence: 'END' }, 'stop_sequence', 'END'],
    [{ reason: 'length' }, 'max_tokens', null],
    [{ reason: 'tool-calls' }, 'tool_use', null],
    [{ reason: 'content-filter' }, 'refusal', null],
  ])('ends for %j with %s', async (ending, reason, sequence) => {
    const events = await eventsOf([start, { ...end, ...ending }]);
    expect(events.find(({ type }) => type === 'message_delta')).toMatchObject({ delta: { stop_reason: reason, stop_sequence: sequence } });
  });

  it('puts blocks that were told at the same time one behind the other, each as early as it can be', async () => {
    const told = await framesOf([
      start,
      { type: 'text-start', block: 0 },
      { type: 'text-delta', block: 0, text: 'one' },
      { type: 'tool-call-start', block: 1, callId: 'c1', name: 'f' },
      { type: 'tool-call-delta', block: 1, json: '{}' },
      { type: 'tool-call-end', block: 1 },
      { type: 'tool-call-start', block: 1, callId: 'c2', name: 'g' },
      { type: 'text-delta', block: 0, text: 'two' },
      { type: 'text-end', block: 0 },
      { type: 'tool-call-delta', block: 1, json: '{"late":1}' },
      { type: 'tool-call-end', block: 1 },
      end,
    ]);
    const names = told.map((text) =>
      parse([Buffer.from(text)]).map(({ data }) => (data as { index?: number; delta?: object; type: string }).delta ?? (data as { type: string }).type),
    );
    expect(names).toEqual([
      ['message_start', 'ping'],
      ['content_block_start', { type: 'text_delta', text: 'one' }],
      [{ type: 'text_delta', text: 'two' }],
      ['content_block_stop', 'content_block_start', { type: 'input_json_delta', partial_json: '{}' }, 'content_block_stop', 'content_block_start'],
      [{ type: 'input_json_delta', partial_json: '{"late":1}' }],
      ['content_block_stop'],
      [expect.objectContaining({ stop_reason: 'end_turn' }), 'message_stop'],
    ]);
  });

  it('bounds what waits', async () => {
    const piece = 'x'.repeat(4 * 1024 ** 2);
    const waiting = Array.from({ length: 9 }, (): StreamEvent => ({ type: 'text-delta', block: 1, text: piece }));
    const told = framesOf([start, { type: 'text-start', block: 0 }, { type: 'text-start', block: 1 }, ...waiting, { type: 'text-end', block: 0 }]);
    await expect(told).rejects.toMatchObject({ code: 'output_limit_exceeded' });
  });

  it('adds up in a client library to the message of the same answer, whole', async () => {
    await fc.assert(
      fc.asyncProperty(eventStreams(), async (generated) => {
        const events = withJsonCalls(generated);
        const completion = await firstValueFrom(from(events).pipe(collect()));
        const whole: Anthropic.Message = encodeMessage(completion, head);
        expect(await accumulate(events)).toEqual(JSON.parse(JSON.stringify(whole)));
      }),
    );
  });

  it('keeps its own grammar, whatever the answer', async () => {
    await fc.assert(
      fc.asyncProperty(eventStreams(), async (generated) => {
        let [open, index] = [false, 0];
        for (const event of await eventsOf(generated)) {
          if (event.type === 'content_block_start') expect([open, event.index]).toEqual([false, index]);
          if (event.type === 'content_block_delta' || event.type === 'content_block_stop') expect([open, event.index]).toEqual([true, index]);
          if (event.type === 'content_block_start') open = true;
          if (event.type === 'content_block_stop') [open, index] = [false, index + 1];
        }
        expect(open).toBe(false);
      }),
    );
  });

  it('is read as the same events wherever its bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(eventStreams(), fc.array(fc.nat(3000), { maxLength: 8 }), async (events, cuts) => {
        const bytes = Buffer.from((await framesOf(events)).join(''));
        const ends = [...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        expect(parse(ends.map((cut, at) => bytes.subarray(ends[at - 1] ?? 0, cut)))).toEqual(parse([bytes]));
      }),
    );
  });

  it('leaves a failure to whoever sends the frames, in words of its own', async () => {
    const error = new GatewayError('queue_full', 'Full.', { param: 'model' });
    await expect(firstValueFrom(throwError(() => error).pipe(encodeStream(head)))).rejects.toBe(error);
    expect(parse([Buffer.from(encodeFailure(error, head.requestId))])).toEqual([
      { event: 'error', data: { type: 'error', error: { type: 'overloaded_error', message: 'model: Full.' }, request_id: 'req-1' } },
    ]);
  });
});

describe('encodeMessage', () => {
  const completion = { id: 'x', model: 'm', text: '', reasoning: '', toolCalls: [], reason: 'stop', usage, warnings: [] } as const;

  it('fails where a call is no JSON, and takes none for an empty one', () => {
    const call = (json: string) => encodeMessage({ ...completion, blocks: [{ type: 'tool-call', callId: 'c', name: 'f', json }] }, head);
    for (const json of ['{"a":', '[1]', 'null', `{"a":${'['.repeat(300)}${']'.repeat(300)}}`])
      expect(() => call(json)).toThrow(expect.objectContaining({ code: 'upstream_error' }));
    expect(call('').content).toEqual([{ type: 'tool_use', id: 'c', name: 'f', input: {}, caller: { type: 'direct' } }]);
  });

  it('tells a call in whose midst the answer was cut', () => {
    const cut = encodeMessage({ ...completion, reason: 'length', blocks: [{ type: 'tool-call', callId: 'c', name: 'f', json: '{"a":' }] }, head);
    expect(cut).toMatchObject({ stop_reason: 'max_tokens', content: [{ type: 'tool_use', id: 'c', input: {} }] });
  });

  it('never tells of fewer than no tokens', () => {
    expect(encodeMessage({ ...completion, blocks: [], usage: { inputTokens: 5, outputTokens: 1, cachedInputTokens: 9 } }, head).usage.input_tokens).toBe(0);
  });
});
