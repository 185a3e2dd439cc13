import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { concat, from, type Observable, of, throwError } from 'rxjs';
import { encodeEvents } from './encode-stream.js';
import { type ResponseEvent, ResponseWriter } from './response-writer.js';
import { flatName, ToolTable } from './tool-table.js';
import { GatewayError, toGatewayError } from '../../kernel/gateway-error.js';
import { type StreamEvent } from '../../kernel/stream-event.js';
import { SseParser } from '../sse/sse-parser.js';
import { typedFrame } from '../sse/typed-frame.js';
import { eventStreams } from '../../../test/support/event-arbitraries.js';
import { eventFault, schemaFault } from '../../../test/support/openai-schema.js';

const digits = '0b0c6a519d7a4c8abb0f5f0f6c1f1a11';
const usage = { inputTokens: 10, outputTokens: 5, cachedInputTokens: 4, cacheWriteInputTokens: 2, reasoningTokens: 3 };
const start: StreamEvent = { type: 'stream-start', id: '1', model: 'm', warnings: [] };
const end: StreamEvent = { type: 'stream-end', reason: 'stop', usage };
const failure = new GatewayError('cli_failed', 'It broke.');

function toolTable(): ToolTable {
  const table = new ToolTable();
  table.add({ name: 'f' }, { kind: 'function' });
  table.add({ name: 'patch' }, { kind: 'custom' });
  table.add({ name: flatName('files', 'read') }, { kind: 'function', name: 'read', namespace: 'files' });
  return table;
}

/** As whoever sends the events: a failure is told where some are out. */
function write(
  events: Observable<StreamEvent>,
  options: { detached?: boolean; body?: Record<string, unknown> } = {},
): { told: ResponseEvent[]; writer: ResponseWriter; error?: unknown } {
  const writer = new ResponseWriter({ id: `resp_${digits}`, created: 1_790_000_000, body: { model: 'demo', ...options.body } }, toolTable());
  const told: ResponseEvent[] = options.detached ? writer.queue() : [];
  let outcome: { error?: unknown } = {};
  events.pipe(encodeEvents(writer)).subscribe({
    next: (event) => told.push(event),
    error: (error: unknown) => {
      if (told.length === 0) outcome = { error };
      else told.push(...writer.fail(toGatewayError(error)));
    },
  });
  return { told, writer, ...outcome };
}

const types = (told: readonly ResponseEvent[]): string[] => told.map(({ type }) => type.replace('response.', ''));
const block = (type: 'text' | 'reasoning', number: number, ...pieces: string[]): StreamEvent[] => [
  { type: `${type}-start`, block: number },
  ...pieces.map((text): StreamEvent => ({ type: `${type}-delta`, block: number, text })),
  { type: `${type}-end`, block: number },
];
const call = (number: number, name: string, ...pieces: string[]): StreamEvent[] => [
  { type: 'tool-call-start', block: number, callId: `call_${number}`, name },
  ...pieces.map((json): StreamEvent => ({ type: 'tool-call-delta', block: number, json })),
  { type: 'tool-call-end', block: number },
];

interface Heard {
  readonly item: { readonly id: string };
  readonly deltas: string;
}

/** What a client makes of the events: the items, and what was told of each by the way. */
function heard(told: readonly ResponseEvent[]): Heard[] {
  const items: Heard[] = [];
  for (const { type, ...event } of told) {
    const at = event['output_index'] as number;
    const item = event['item'] as Heard['item'];
    const before = items[at];
    if (type === 'response.output_item.added') items[at] = { item, deltas: '' };
    else if (type === 'response.output_item.done') items[at] = { item, deltas: sameItem(before, item.id).deltas };
    else if (type.endsWith('.delta')) items[at] = withDelta(sameItem(before, event['item_id']), event['delta'] as string);
  }
  return items;
}

function withDelta({ item, deltas }: Heard, delta: string): Heard {
  return { item, deltas: deltas + delta };
}

function sameItem(before: Heard | undefined, id: unknown): Heard {
  expect(before?.item.id).toBe(id);
  return before!;
}

describe('the events of a response', () => {
  it('are those of OpenAI, in its order, for all that an answer may hold', () => {
    const { told, writer } = write(
      from<StreamEvent[]>([
        start,
        ...block('reasoning', 0, 'Hm', '.').slice(0, -1),
        { type: 'reasoning-end', block: 0, signature: 'sig' },
        ...block('text', 1, 'Hé', '\n"'),
        ...call(2, 'f', '{"a":', '1}'),
        ...call(3, 'patch', '{"input":"a\\', 'nb"}'),
        ...call(4, 'files__read', '{}'),
        { type: 'stream-end', reason: 'tool-calls', usage },
      ]),
    );
    expect(types(told)).toEqual([
      ...['created', 'in_progress'],
      ...['output_item.added', 'reasoning_summary_part.added', 'reasoning_summary_text.delta', 'reasoning_summary_text.delta'],
      ...['reasoning_summary_text.done', 'reasoning_summary_part.done', 'output_item.done'],
      ...['output_item.added', 'content_part.added', 'output_text.delta', 'output_text.delta', 'output_text.done', 'content_part.done', 'output_item.done'],
      ...['output_item.added', 'function_call_arguments.delta', 'function_call_arguments.delta', 'function_call_arguments.done', 'output_item.done'],
      ...['output_item.added', 'custom_tool_call_input.delta', 'custom_tool_call_input.delta', 'custom_tool_call_input.done', 'output_item.done'],
      ...['output_item.added', 'function_call_arguments.delta', 'function_call_arguments.done', 'output_item.done'],
      'completed',
    ]);
    const { output, usage: figures } = writer.body;
    expect(output).toEqual([
      { id: `rs_${digits}0`, type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.' }], encrypted_content: 'sig' },
      { id: `msg_${digits}1`, type: 'message', status: 'completed', role: 'assistant', content: [{ type: 'output_text', text: 'Hé\n"', annotations: [], logprobs: [] }] },
      { id: `fc_${digits}2`, type: 'function_call', status: 'completed', call_id: 'call_2', name: 'f', arguments: '{"a":1}' },
      { id: `ctc_${digits}3`, type: 'custom_tool_call', status: 'completed', call_id: 'call_3', name: 'patch', input: 'a\nb' },
      { id: `fc_${digits}4`, type: 'function_call', status: 'completed', call_id: 'call_4', name: 'read', namespace: 'files', arguments: '{}' },
    ]);
    expect(figures).toEqual({
      input_tokens: 10,
      input_tokens_details: { cached_tokens: 4, cache_write_tokens: 2 },
      output_tokens: 5,
      output_tokens_details: { reasoning_tokens: 3 },
      total_tokens: 15,
    });
  });

  it('keep what was thought and not said to its vendor, and drop the proof of what was changed', () => {
    const { writer } = write(
      from<StreamEvent[]>([start, { type: 'reasoning-start', block: 0 }, { type: 'reasoning-end', block: 0, signature: 'x', redacted: true }, ...block('reasoning', 1, 'a'), end]),
    );
    expect(writer.body.output).toEqual([
      { id: `rs_${digits}0`, type: 'reasoning', summary: [], encrypted_content: 'x' },
      { id: `rs_${digits}1`, type: 'reasoning', summary: [{ type: 'summary_text', text: 'a' }] },
    ]);
  });

  it.each([
    ['length', 'incomplete', { reason: 'max_output_tokens' }],
    ['content-filter', 'incomplete', { reason: 'content_filter' }],
    ['stop', 'completed', null],
    ['tool-calls', 'completed', null],
  ] as const)('end by %s as %s', (reason, status, details) => {
    const { told } = write(from<StreamEvent[]>([start, { type: 'stream-end', reason, usage }]));
    expect(told.at(-1)).toMatchObject({ type: `response.${status}`, response: { status, incomplete_details: details } });
  });

  it.each([
    ['a text', block('text', 1, 'Hal'), { type: 'message', status: 'incomplete', content: [{ text: 'Hal' }] }],
    ['a function call', call(1, 'f', '{"a":'), { type: 'function_call', status: 'incomplete', arguments: '{"a":' }],
    ['a custom call', call(1, 'patch', '{"input":"ab'), { type: 'custom_tool_call', status: 'incomplete', input: 'ab' }],
  ])('name what was cut: %s', (_, cut, item) => {
    const { told, writer } = write(from<StreamEvent[]>([start, ...block('text', 0, 'Whole.'), ...cut, { type: 'stream-end', reason: 'length', usage }]));
    expect(writer.body.output).toMatchObject([{ status: 'completed' }, item]);
    expect(told.filter(({ type }) => type === 'response.output_item.done')).toMatchObject([{ item: { status: 'completed' } }, { item }]);
    for (const event of told) expect([event.type, eventFault(event)]).toEqual([event.type, undefined]);
  });

  it('name each of several calls that were cut', () => {
    const [first, second, third] = [call(0, 'f', '{"a":1'), call(1, 'f', '{"b":2}'), call(2, 'f', '{"c":')].map((events) => ({ open: events.slice(0, 2), end: events[2]! }));
    const { writer } = write(
      from<StreamEvent[]>([start, ...first!.open, ...second!.open, ...third!.open, first!.end, second!.end, third!.end, { type: 'stream-end', reason: 'length', usage }]),
    );
    expect(writer.body.output).toMatchObject([{ status: 'incomplete' }, { status: 'completed' }, { status: 'incomplete' }]);
  });

  it('are valid by the published schemas, numbered, and add up to the response, whatever is answered', () => {
    fc.assert(
      fc.property(eventStreams(), (events) => {
        const { told, writer } = write(from(events), {
          body: {
            tools: [
              { type: 'function', name: 'f' },
              { type: 'custom', name: 'patch' },
            ],
            metadata: { a: 'b' },
            user: 'u',
          },
        });
        expect(told.map(({ sequence_number: sequence }) => sequence)).toEqual(told.map((_, index) => index));
        for (const event of told) expect([event.type, eventFault(event)]).toEqual([event.type, undefined]);
        expect(schemaFault('Response', writer.body)).toBeUndefined();
        expect(told.at(-1)?.response).toBe(writer.body);
        const items = heard(told);
        expect(items.map(({ item }) => item)).toEqual(writer.body.output);
        for (const { item, deltas } of items) expect(JSON.stringify(item)).toContain(JSON.stringify(deltas).slice(1, -1));
      }),
      { numRuns: 60 },
    );
  });

  it('are the same however the stream is cut', () => {
    fc.assert(
      fc.property(eventStreams(), fc.array(fc.nat(), { maxLength: 8 }), (events, places) => {
        const { told } = write(from(events));
        const bytes = Buffer.from(told.map(typedFrame).join(''));
        const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].toSorted((one, other) => one - other);
        const parser = new SseParser();
        const read = [0, ...at].flatMap((begin, index) => parser.push(bytes.subarray(begin, at[index])));
        expect(read.map(({ event, data }) => [event, JSON.parse(data) as unknown])).toEqual(told.map((event) => [event.type, JSON.parse(JSON.stringify(event)) as unknown]));
      }),
      { numRuns: 60 },
    );
  });

  it('tell of a failure: before the first one as an error, after it in the stream, with what was said', () => {
    expect(write(throwError(() => failure))).toMatchObject({ told: [], error: failure });
    const { told } = write(
      concat(
        from([start, ...block('text', 0, 'Hi').slice(0, 2)]),
        throwError(() => failure),
      ),
    );
    expect(told.at(-1)).toMatchObject({
      type: 'response.failed',
      response: { status: 'failed', error: { code: 'server_error', message: 'It broke.' }, output: [{ status: 'incomplete', content: [{ text: 'Hi' }] }] },
    });
    for (const event of told) expect([event.type, eventFault(event)]).toEqual([event.type, undefined]);
  });

  it.each([
    ['provider_rate_limited', 'rate_limit_exceeded'],
    ['context_length_exceeded', 'context_length_exceeded'],
    ['invalid_parameter', 'invalid_prompt'],
    ['timeout', 'server_error'],
  ] as const)('tell of %s as %s', (code, told) => {
    const { writer } = write(
      concat(
        of(start),
        throwError(() => new GatewayError(code, 'x')),
      ),
    );
    expect(writer.body).toMatchObject({ error: { code: told } });
  });

  it('begin with the queue where nobody waits, a failure before the first word included', () => {
    const { told } = write(from([start, end]), { detached: true });
    expect(types(told)).toEqual(['created', 'queued', 'in_progress', 'completed']);
    expect(told.map(({ response }) => response?.status)).toEqual(['queued', 'queued', 'in_progress', 'completed']);
    for (const event of told) expect([event.type, eventFault(event)]).toEqual([event.type, undefined]);
    expect(
      types(
        write(
          throwError(() => failure),
          { detached: true },
        ).told,
      ),
    ).toEqual(['created', 'queued', 'failed']);
  });

  it('begin at the beginning where the headers were out before anything was said', () => {
    const { writer } = write(from([]));
    expect(types(new ResponseWriter({ id: `resp_${digits}`, created: 1, body: {} }, toolTable()).fail(failure))).toEqual(['created', 'in_progress', 'failed']);
    expect(writer.cancel()).toMatchObject({ status: 'cancelled', error: null });
  });
});
