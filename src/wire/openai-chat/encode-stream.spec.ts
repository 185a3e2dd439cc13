import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ChatCompletionChunk } from 'openai/resources';
import { concat, from, Observable, throwError } from 'rxjs';
import { decodeStream } from './decode-stream.js';
import { encodeFailure, encodeStream } from './encode-stream.js';
import { GatewayError, toGatewayError } from '../../kernel/gateway-error.js';
import { type StreamEvent } from '../../kernel/stream-event.js';
import { SseParser } from '../sse/sse-parser.js';
import { eventStreams } from '../../../test/support/event-arbitraries.js';
import { schemaFault } from '../../../test/support/openai-schema.js';

const head = { id: 'chatcmpl-1', created: 1_790_000_000, model: 'claude/"opus"' };
const usage = { inputTokens: 10, outputTokens: 5, cachedInputTokens: 4, reasoningTokens: 2 };
const start: StreamEvent = { type: 'stream-start', id: '1', model: 'm', warnings: [] };
const end: StreamEvent = { type: 'stream-end', reason: 'stop', usage };
const failure = new GatewayError('timeout', 'Too slow.', { param: 'model' });

/** As whoever sends the frames: a failure is told where some are out. */
function write(events: Observable<StreamEvent>, includeUsage = false): { frames: string[]; error?: unknown } {
  const frames: string[] = [];
  let outcome: { error?: unknown } = {};
  const options = { ...head, includeUsage };
  events.pipe(encodeStream(options)).subscribe({
    next: (text) => frames.push(text),
    error: (error: unknown) => {
      if (frames.length === 0) outcome = { error };
      else frames.push(encodeFailure(options, toGatewayError(error)));
    },
  });
  return { frames, ...outcome };
}

const bytesOf = (frames: readonly string[]): Buffer => Buffer.from(frames.join(''));
const data = (frames: readonly string[]): string[] => new SseParser().push(Buffer.from(frames.join(''))).map((event) => event.data);
const chunks = (frames: readonly string[]): ChatCompletionChunk[] =>
  data(frames)
    .filter((each) => each !== '[DONE]')
    .map((each) => JSON.parse(each) as ChatCompletionChunk);
const deltas = (frames: readonly string[]): unknown[] => chunks(frames).map(({ choices }) => choices[0]?.delta);

describe('encodeStream', () => {
  it('writes a text as OpenAI does, byte for byte', () => {
    const { frames } = write(
      from<StreamEvent[]>([
        start,
        { type: 'text-start', block: 0 },
        { type: 'text-delta', block: 0, text: 'Hé\n"' },
        { type: 'text-delta', block: 0, text: '' },
        { type: 'text-end', block: 0 },
        end,
      ]),
    );
    const chunk = (delta: string, reason: string): string =>
      `data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1790000000,"model":"claude/\\"opus\\"","choices":[{"index":0,"delta":{${delta}},"logprobs":null,"finish_reason":${reason}}]}\n\n`;
    expect(frames).toEqual([chunk('"role":"assistant","content":"","refusal":null', 'null'), chunk('"content":"Hé\\n\\""', 'null'), `${chunk('', '"stop"')}data: [DONE]\n\n`]);
  });

  it('writes the usage where it is asked for, and null before', () => {
    const { frames } = write(from([start, end]), true);
    expect(data(frames).at(-1)).toBe('[DONE]');
    const written = chunks(frames);
    expect(written.slice(0, -1).map((chunk) => chunk.usage)).toEqual([null, null]);
    expect(written.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, prompt_tokens_details: { cached_tokens: 4 }, completion_tokens_details: { reasoning_tokens: 2 } },
    });
  });

  it('does not speak of usage where nobody asked', () => {
    expect(chunks(write(from([start, end])).frames).some((chunk) => 'usage' in chunk)).toBe(false);
  });

  it('writes reasoning and numbers function calls from 0', () => {
    const { frames } = write(
      from<StreamEvent[]>([
        start,
        { type: 'reasoning-start', block: 3 },
        { type: 'reasoning-delta', block: 3, text: 'hm' },
        { type: 'reasoning-end', block: 3 },
        { type: 'tool-call-start', block: 5, callId: 'c1', name: 'f' },
        { type: 'tool-call-start', block: 7, callId: 'c2', name: 'g' },
        { type: 'tool-call-delta', block: 7, json: '{"a":' },
        { type: 'tool-call-delta', block: 5, json: '{}' },
        { type: 'tool-call-end', block: 5 },
        { type: 'tool-call-end', block: 7 },
        { ...end, reason: 'tool-calls' },
      ]),
    );
    expect(deltas(frames).slice(1, -1)).toEqual([
      { reasoning_content: 'hm' },
      { tool_calls: [{ index: 0, id: 'c1', type: 'function', function: { name: 'f', arguments: '' } }] },
      { tool_calls: [{ index: 1, id: 'c2', type: 'function', function: { name: 'g', arguments: '' } }] },
      { tool_calls: [{ index: 1, function: { arguments: '{"a":' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{}' } }] },
    ]);
    expect(chunks(frames).at(-1)?.choices[0]?.finish_reason).toBe('tool_calls');
  });

  it('writes the calls of tools that take free text by their text', () => {
    const frames: string[] = [];
    from<StreamEvent[]>([
      start,
      { type: 'tool-call-start', block: 0, callId: 'c1', name: 'patch' },
      { type: 'tool-call-delta', block: 0, json: '{"input":"a\\' },
      { type: 'tool-call-delta', block: 0, json: 'n"}' },
      { type: 'tool-call-end', block: 0 },
      { type: 'tool-call-start', block: 1, callId: 'c2', name: 'patch' },
      { type: 'tool-call-delta', block: 1, json: 'raw' },
      { type: 'tool-call-end', block: 1 },
      { ...end, reason: 'tool-calls' },
    ])
      .pipe(encodeStream({ ...head, includeUsage: false, customTools: new Set(['patch']) }))
      .subscribe((frame) => frames.push(frame));
    expect(deltas(frames).slice(1, -1)).toEqual([
      { tool_calls: [{ index: 0, id: 'c1', type: 'custom', custom: { name: 'patch', input: '' } }] },
      { tool_calls: [{ index: 0, custom: { input: 'a' } }] },
      { tool_calls: [{ index: 0, custom: { input: '\n' } }] },
      { tool_calls: [{ index: 1, id: 'c2', type: 'custom', custom: { name: 'patch', input: '' } }] },
      { tool_calls: [{ index: 1, custom: { input: 'raw' } }] },
    ]);
  });

  it('numbers calls on where a block number is used again', () => {
    const one = (callId: string): StreamEvent[] => [
      { type: 'tool-call-start', block: 0, callId, name: 'f' },
      { type: 'tool-call-delta', block: 0, json: '{}' },
      { type: 'tool-call-end', block: 0 },
    ];
    const { frames } = write(from<StreamEvent[]>([start, ...one('c1'), ...one('c2'), { ...end, reason: 'tool-calls' }]));
    expect(chunks(frames).flatMap(({ choices }) => choices[0]?.delta.tool_calls?.map(({ index }) => index) ?? [])).toEqual([0, 0, 1, 1]);
  });

  it('leaves a failure before the first event to HTTP', () => {
    expect(write(throwError(() => failure))).toEqual({ frames: [], error: failure });
  });

  it('tells a failure after the first event in the stream', () => {
    const { frames, error } = write(
      concat(
        from([start]),
        throwError(() => failure),
      ),
      true,
    );
    expect(error).toBeUndefined();
    expect(frames.join('')).not.toContain('[DONE]');
    const [, last, told] = data(frames).map((each): unknown => JSON.parse(each));
    expect(last).toMatchObject({ choices: [{ delta: {}, finish_reason: 'error' }], usage: null });
    expect(told).toEqual({ error: { message: 'Too slow.', type: 'api_error', param: 'model', code: 'timeout' } });
  });

  it('does not show what an unknown error says', () => {
    const { frames } = write(
      concat(
        from([start]),
        throwError(() => new Error('/home/jo/secret')),
      ),
    );
    expect(frames.join('')).not.toContain('secret');
    expect(frames.join('')).toContain('internal_error');
  });

  it('leaves its source when it is left', () => {
    let left = 0;
    const source = new Observable<StreamEvent>(() => () => left++);
    source
      .pipe(encodeStream({ ...head, includeUsage: false }))
      .subscribe()
      .unsubscribe();
    expect(left).toBe(1);
  });
});

interface Sum {
  text: string;
  reasoning: string;
  calls: { callId: string; name: string; json: string }[];
}

function sum(events: readonly StreamEvent[]): Sum {
  const total: Sum = { text: '', reasoning: '', calls: [] };
  const calls = new Map<number, Sum['calls'][number]>();
  for (const event of events) {
    if (event.type === 'text-delta') total.text += event.text;
    if (event.type === 'reasoning-delta') total.reasoning += event.text;
    if (event.type === 'tool-call-start') {
      const call = { callId: event.callId, name: event.name, json: '' };
      calls.set(event.block, call);
      total.calls.push(call);
    }
    if (event.type === 'tool-call-delta') calls.get(event.block)!.json += event.json;
  }
  return total;
}

function readBack(bytes: Buffer, size: number): { events: StreamEvent[]; error?: unknown; complete: boolean } {
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
  const events: StreamEvent[] = [];
  let outcome: { error?: unknown; complete: boolean } = { complete: false };
  from(pieces)
    .pipe(decodeStream(() => 0))
    .subscribe({ next: (event) => events.push(event), error: (error: unknown) => (outcome = { error, complete: false }), complete: () => (outcome = { complete: true }) });
  return { events, ...outcome };
}

describe('chunks', () => {
  it('are valid by the published schema, whatever is answered', () => {
    fc.assert(
      fc.property(eventStreams(), fc.boolean(), (events, includeUsage) => {
        for (const { usage: figures, ...chunk } of chunks(write(from(events), includeUsage).frames)) {
          // Its words say that the usage is null in all chunks but the last; its types do not.
          expect(schemaFault('CreateChatCompletionStreamResponse', figures ? { ...chunk, usage: figures } : chunk)).toBeUndefined();
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('encodeStream, read back by decodeStream', () => {
  it('says the same', () => {
    fc.assert(
      fc.property(eventStreams(), fc.integer({ min: 1, max: 300 }), (events, size) => {
        const { events: read, complete } = readBack(bytesOf(write(from(events), true).frames), size);
        expect(complete).toBe(true);
        expect(sum(read)).toEqual(sum(events));
        expect(read[0]).toMatchObject({ type: 'stream-start', id: head.id, model: head.model });
        const last = events.at(-1) as Extract<StreamEvent, { type: 'stream-end' }>;
        expect(read.at(-1)).toEqual({ ...last, usage: { cachedInputTokens: 0, reasoningTokens: 0, ...last.usage } });
      }),
    );
  });

  it('fails where the answer failed, at any point', () => {
    fc.assert(
      fc.property(eventStreams(), fc.nat(40), (events, cut) => {
        const before = events.slice(0, 1 + (cut % (events.length - 1)));
        const { events: read, error } = readBack(
          bytesOf(
            write(
              concat(
                from(before),
                throwError(() => failure),
              ),
              true,
            ).frames,
          ),
          64,
        );
        expect(error).toMatchObject({ code: 'upstream_error', message: 'Too slow.' });
        expect(sum(read)).toEqual(sum(before));
      }),
    );
  });

  it('fails where the connection broke, at any byte', () => {
    const whole = bytesOf(
      write(from<StreamEvent[]>([start, { type: 'text-start', block: 0 }, { type: 'text-delta', block: 0, text: 'héllo' }, { type: 'text-end', block: 0 }, end])).frames,
    );
    const finished = whole.indexOf('}\n\ndata: [DONE]') + 1;
    for (let cut = 0; cut < finished; cut++) {
      const { error } = readBack(whole.subarray(0, cut), 1000);
      expect(error).toMatchObject({ code: 'upstream_error' });
    }
    expect(readBack(whole.subarray(0, finished), 1000).complete).toBe(true);
  });
});
