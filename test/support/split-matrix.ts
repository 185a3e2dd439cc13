import { from, type OperatorFunction } from 'rxjs';
import { redactor } from './redactors.js';
import { contextSamples, enclosedSamples, secretSamples } from './secret-samples.js';
import { type StreamEvent } from '../../src/kernel/stream-event.js';
import { redactEvents } from '../../src/redaction/redact-events.js';
import { encodeStream as encodeMessages } from '../../src/wire/anthropic-messages/encode-stream.js';
import { encodeStream as encodeChat } from '../../src/wire/openai-chat/encode-stream.js';
import { inspectStream } from '../../src/wire/openai-chat/inspect-stream.js';
import { encodeEvents } from '../../src/wire/openai-responses/encode-stream.js';
import { ResponseWriter } from '../../src/wire/openai-responses/response-writer.js';
import { ToolTable } from '../../src/wire/openai-responses/tool-table.js';
import { encodeSimpleStream } from '../../src/wire/simple-completion/encode-stream.js';
import { typedFrame } from '../../src/wire/sse/typed-frame.js';

/** One kind of secret and what stands around it. */
export interface Sample {
  readonly kind: string;
  readonly before: string;
  readonly secret: string;
  readonly after: string;
}

export const samples: readonly Sample[] = [
  ...secretSamples.map(([kind, secret]) => ({ kind, before: '', secret, after: '' })),
  ...contextSamples.map(([kind, before, secret]) => ({ kind, before, secret, after: '' })),
  ...enclosedSamples.map(([kind, before, secret, after]) => ({ kind, before, secret, after })),
];

/** What a client reads, put together; a field that the format lacks is undefined. */
interface Fields {
  readonly text?: string;
  readonly reasoning?: string;
  readonly json?: string;
  readonly name?: string;
}

/** How an answer in pieces becomes what a client is sent, and how that is read. */
interface Lane {
  readonly name: string;
  write(texts: readonly string[], jsons: readonly string[]): string;
  read(events: readonly Frame[]): Fields;
}

interface Delta {
  readonly content?: string;
  readonly reasoning_content?: string;
  readonly tool_calls?: readonly { readonly function?: { readonly name?: string; readonly arguments?: string } }[];
  readonly text?: string;
  readonly thinking?: string;
  readonly partial_json?: string;
}

/** The data of a frame in any of the formats. */
interface Frame {
  readonly type?: string;
  readonly content?: string;
  /** Text in Responses, an object in Messages. */
  readonly delta?: Delta | string;
  readonly choices?: readonly { readonly delta?: Delta; readonly text?: string }[];
}

const start: StreamEvent = { type: 'stream-start', id: '1', model: 'm', warnings: [] };
const end: StreamEvent = { type: 'stream-end', reason: 'tool-calls', usage: { inputTokens: 1, outputTokens: 1 } };

function eventsOf(texts: readonly string[], jsons: readonly string[]): StreamEvent[] {
  return [
    start,
    { type: 'reasoning-start', block: 0 },
    ...texts.map((text): StreamEvent => ({ type: 'reasoning-delta', block: 0, text })),
    { type: 'reasoning-end', block: 0 },
    { type: 'text-start', block: 1 },
    ...texts.map((text): StreamEvent => ({ type: 'text-delta', block: 1, text })),
    { type: 'text-end', block: 1 },
    { type: 'tool-call-start', block: 2, callId: 'call_1', name: 'f' },
    ...jsons.map((json): StreamEvent => ({ type: 'tool-call-delta', block: 2, json })),
    { type: 'tool-call-end', block: 2 },
    end,
  ];
}

function translated(name: string, encode: () => OperatorFunction<StreamEvent, string>, read: Lane['read'], pick: (event: StreamEvent) => boolean = () => true): Lane {
  const write: Lane['write'] = (texts, jsons) => {
    let wire = '';
    from(eventsOf(texts, jsons).filter(pick))
      .pipe(redactEvents(redactor), encode())
      .subscribe((frame) => (wire += frame));
    return wire;
  };
  return { name, write, read };
}

function passed(name: string, choices: (texts: readonly string[], jsons: readonly string[]) => readonly object[], read: Lane['read']): Lane {
  const write: Lane['write'] = (texts, jsons) => {
    const frames = [...choices(texts, jsons), { delta: {}, text: '', finish_reason: 'stop' }].map(
      (choice) => `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, ...choice }] })}\n\n`,
    );
    let wire = '';
    from([...frames, 'data: [DONE]\n\n'].map((frame) => Buffer.from(frame)))
      .pipe(inspectStream(redactor, () => undefined))
      .subscribe((frame) => (wire += frame.toString()));
    return wire;
  };
  return { name, write, read };
}

const choicesIn = (frames: readonly Frame[]): NonNullable<Frame['choices']> => frames.flatMap(({ choices = [] }) => choices);
const deltas = (frames: readonly Frame[]): Delta[] => choicesIn(frames).map(({ delta = {} }) => delta);
const messageDeltas = (frames: readonly Frame[]): Delta[] => frames.flatMap(({ delta }) => (typeof delta === 'object' ? [delta] : []));
const join = (values: readonly unknown[]): string => values.filter((value) => typeof value === 'string').join('');
const readChat: Lane['read'] = (frames) => {
  const all = deltas(frames);
  return {
    text: join(all.map((delta) => delta.content)),
    reasoning: join(all.map((delta) => delta.reasoning_content)),
    json: join(all.map((delta) => delta.tool_calls?.[0]?.function?.arguments)),
  };
};
const typed = (frames: readonly Frame[], type: string): string => join(frames.filter((frame) => frame.type === type).map((frame) => frame.delta));
const called = (index: number, call: object): object => ({ delta: { tool_calls: [{ index, ...call }] } });

/** Every format that answers go out in, as events that are encoded or as a vendor's bytes. */
export const lanes: readonly Lane[] = [
  translated('chat', () => encodeChat({ id: 'c', created: 1, model: 'm', includeUsage: false }), readChat),
  translated(
    'messages',
    () => encodeMessages({ id: 'msg_1', model: 'm', requestId: 'r' }),
    (frames) => ({
      text: join(messageDeltas(frames).map((delta) => delta.text)),
      reasoning: join(messageDeltas(frames).map((delta) => delta.thinking)),
      json: join(messageDeltas(frames).map((delta) => delta.partial_json)),
    }),
  ),
  {
    name: 'responses',
    write: (texts, jsons) => {
      const table = new ToolTable();
      table.add({ name: 'f' }, { kind: 'function' });
      let wire = '';
      from(eventsOf(texts, jsons))
        .pipe(redactEvents(redactor), encodeEvents(new ResponseWriter({ id: 'resp_1', created: 1, body: { model: 'm' } }, table)))
        .subscribe((event) => (wire += typedFrame(event)));
      return wire;
    },
    read: (frames) => ({
      text: typed(frames, 'response.output_text.delta'),
      reasoning: typed(frames, 'response.reasoning_text.delta') || typed(frames, 'response.reasoning_summary_text.delta'),
      json: typed(frames, 'response.function_call_arguments.delta'),
    }),
  },
  translated(
    'simple',
    () => encodeSimpleStream(() => ({}) as never),
    (frames) => ({ text: join(frames.map((frame) => frame.content)) }),
    (event) => event.type.startsWith('text') || event.type.startsWith('stream'),
  ),
  passed(
    'chat, passed through',
    (texts, jsons) =>
      jsons.map((json, at) => ({
        delta: {
          content: texts[at] ?? '',
          reasoning_content: texts[at] ?? '',
          tool_calls: [{ index: 0, ...(at === 0 && { id: 'call_1', type: 'function' }), function: { ...(at === 0 && { name: 'f' }), arguments: json } }],
        },
      })),
    readChat,
  ),
  passed(
    'legacy completions, passed through',
    (texts) => texts.map((text) => ({ text })),
    (frames) => ({ text: join(choicesIn(frames).map(({ text: said }) => said)) }),
  ),
  passed(
    'the name of a function, passed through',
    (texts) => [
      ...texts.map((name, at) => called(0, { ...(at === 0 && { id: 'call_1', type: 'function' }), function: { name, arguments: '' } })),
      called(0, { function: { arguments: '{}' } }),
    ],
    (frames) => ({ name: join(deltas(frames).map((delta) => delta.tool_calls?.[0]?.function?.name)) }),
  ),
];

function cut(text: string, ends: readonly number[]): string[] {
  return [...ends, text.length].map((at, index) => text.slice(ends[index - 1] ?? 0, at));
}

const framesIn = (wire: string): Frame[] => wire.split('\n').flatMap((line) => (line.startsWith('data: {') ? [JSON.parse(line.slice(6)) as Frame] : []));

/** Pieces of a secret, behind its prefix, that no answer may hold. */
export function piecesOf(secret: string): string[] {
  const pieces: string[] = [];
  for (let at = 8; at + 12 <= secret.length; at += 6) {
    const piece = secret.slice(at, at + 12);
    if (/^[\w/+~.-]+$/.test(piece) && !/KEY|BEGIN|-----/.test(piece)) pieces.push(piece);
  }
  return pieces.length === 0 ? [secret] : pieces;
}

/** Where a sample can be cut, from before the first character that matters to behind the last, in its JSON form. */
export function offsetsOf({ before, secret, after }: Sample): readonly number[] {
  return Array.from({ length: JSON.stringify(before + secret).length - 2 + (after === '' ? 0 : 1) + 2 }, (_, at) => at + 1);
}

/** What is wrong with a lane's answer where the sample comes cut at these offsets; undefined where nothing is. */
export function faultOf(lane: Lane, { kind, before, secret, after }: Sample, pieces: readonly string[], offsets: readonly number[]): string | undefined {
  const text = `a ${before}${secret}${after} b`;
  const expected = `a ${before}[REDACTED:${kind}]${after} b`;
  const wire = lane.write(
    cut(
      text,
      offsets.map((at) => Math.min(at, text.length)),
    ),
    cut(
      JSON.stringify({ text }),
      offsets.map((at) => at + 9),
    ),
  );
  const read = lane.read(framesIn(wire));
  const where = `${lane.name}, ${kind}, cut at ${offsets.join(' and ')}`;
  for (const name of ['text', 'reasoning', 'name'] as const) if (read[name] !== undefined && read[name] !== expected) return `${where}: ${name} is ${read[name]}`;
  if (read.json !== undefined && read.json !== JSON.stringify({ text: expected })) return `${where}: json is ${read.json}`;
  return pieces.some((piece) => wire.includes(piece)) ? `${where}: a piece of the secret is in ${wire}` : undefined;
}
