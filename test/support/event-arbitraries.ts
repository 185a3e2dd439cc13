import fc from 'fast-check';
import { type FinishReason, type StreamEvent } from '../../src/kernel/stream-event.js';
import { type Usage } from '../../src/kernel/usage.js';

type Script = readonly StreamEvent[];

/** Texts with what trips encoders up: line breaks of all kinds, quotes, emoji, SSE look-alikes. */
const spokenText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
  fc.constantFrom('\n', '\r\n', '\r', '\n\n', '"', '\\', 'data: [DONE]\n\n', '👩‍👩‍👧', '\u2028', '\0', ' ', ''),
);

const usage: fc.Arbitrary<Usage> = fc.record(
  {
    inputTokens: fc.nat(100_000),
    outputTokens: fc.nat(100_000),
    cachedInputTokens: fc.nat(100_000),
    reasoningTokens: fc.nat(100_000),
  },
  { requiredKeys: ['inputTokens', 'outputTokens'] },
);

type Spoken =
  | { readonly kind: 'text'; readonly pieces: readonly string[] }
  | { readonly kind: 'reasoning'; readonly pieces: readonly string[]; readonly signature?: string | undefined; readonly redacted?: true | undefined }
  | { readonly kind: 'tool-call'; readonly name: string; readonly pieces: readonly string[] };

const block: fc.Arbitrary<Spoken> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('text' as const), pieces: fc.array(spokenText, { maxLength: 5 }) }) },
  fc.record({
    kind: fc.constant('reasoning' as const),
    pieces: fc.array(spokenText, { maxLength: 3 }),
    signature: fc.option(fc.base64String({ minLength: 4 }), { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('reasoning' as const), pieces: fc.constant([]), signature: fc.base64String({ minLength: 4 }), redacted: fc.constant(true as const) }),
  fc.record({
    kind: fc.constant('tool-call' as const),
    name: fc.stringMatching(/^[a-zA-Z0-9_-]{1,12}$/),
    pieces: fc.array(spokenText, { maxLength: 4 }),
  }),
);

/** The events of one block; calls are numbered so that no two share an id. */
function blockScript(spoken: Spoken, number: number): Script {
  if (spoken.kind === 'tool-call') {
    return [
      { type: 'tool-call-start', block: number, callId: `call_${number}`, name: spoken.name },
      ...spoken.pieces.map((json): StreamEvent => ({ type: 'tool-call-delta', block: number, json })),
      { type: 'tool-call-end', block: number },
    ];
  }
  const { kind, pieces } = spoken;
  return [{ type: `${kind}-start`, block: number }, ...pieces.map((text): StreamEvent => ({ type: `${kind}-delta`, block: number, text })), endOf(spoken, number)];
}

function endOf(spoken: Exclude<Spoken, { kind: 'tool-call' }>, block: number): StreamEvent {
  if (spoken.kind === 'text') return { type: 'text-end', block };
  const { signature, redacted } = spoken;
  return { type: 'reasoning-end', block, ...(signature === undefined ? {} : { signature }), ...(redacted === undefined ? {} : { redacted }) };
}

/** Mixes the blocks as `picks` says, each block's own order kept. */
function interleave(scripts: readonly Script[], picks: readonly number[]): StreamEvent[] {
  const queues = scripts.map((script) => [...script]);
  const mixed: StreamEvent[] = [];
  for (let turn = 0; queues.some((queue) => queue.length > 0); turn++) {
    const full = queues.filter((queue) => queue.length > 0);
    const next = full[(picks[turn] ?? 0) % full.length]?.shift();
    if (next) mixed.push(next);
  }
  return mixed;
}

/** Any answer that keeps the grammar of {@link StreamEvent}; `interleaved`: its blocks may overlap. */
export function eventStreams({ interleaved = true }: { readonly interleaved?: boolean } = {}): fc.Arbitrary<StreamEvent[]> {
  return fc
    .record({
      id: fc.string({ minLength: 1, maxLength: 10 }),
      model: fc.string({ minLength: 1, maxLength: 10 }),
      inputTokens: fc.option(fc.nat(1000), { nil: undefined }),
      blocks: fc.array(block, { maxLength: 5 }),
      picks: fc.array(fc.nat(10), { maxLength: interleaved ? 60 : 0 }),
      reason: fc.constantFrom<FinishReason>('stop', 'length', 'content-filter'),
      usage,
    })
    .map(({ id, model, inputTokens, blocks, picks, reason, usage: figures }): StreamEvent[] => [
      { type: 'stream-start', id, model, warnings: [], ...(inputTokens === undefined ? {} : { inputTokens }) },
      ...interleave(blocks.map(blockScript), picks),
      { type: 'stream-end', reason: blocks.some(({ kind }) => kind === 'tool-call') ? 'tool-calls' : reason, usage: figures },
    ]);
}

/** What breaks the grammar of {@link StreamEvent} in a list of events that are a whole answer; undefined where nothing does. */
export function grammarFault(events: readonly StreamEvent[]): string | undefined {
  if (events[0]?.type !== 'stream-start') return 'it does not begin with stream-start';
  if (events.at(-1)?.type !== 'stream-end') return 'it does not end with stream-end';
  const open = new Map<number, string>();
  for (const event of events.slice(1, -1)) {
    const fault = 'block' in event ? blockFault(open, event) : `a ${event.type} in the middle`;
    if (fault !== undefined) return fault;
  }
  return open.size > 0 ? 'blocks are left open' : undefined;
}

/** What is of another kind than {@link StreamEvent} says, in events of an answer that may have broken off; undefined where nothing is. */
export function shapeFault(events: readonly StreamEvent[]): string | undefined {
  const last = events.at(-1);
  if (last === undefined) return undefined;
  // A whole answer keeps the whole grammar; one that broke off what there is of it.
  const whole = last.type === 'stream-end' ? events : [...events, ...endsOf(events), { type: 'stream-end' } as StreamEvent];
  return events.map(fieldFault).find((fault) => fault !== undefined) ?? grammarFault(whole);
}

/** What is missing at the end of an answer that broke off. */
function endsOf(events: readonly StreamEvent[]): StreamEvent[] {
  const open = new Map<number, StreamEvent>();
  for (const event of events) {
    if (!('block' in event)) continue;
    if (event.type.endsWith('-start')) open.set(event.block, { type: event.type.replace('-start', '-end'), block: event.block } as StreamEvent);
    else if (event.type.endsWith('-end')) open.delete(event.block);
  }
  return [...open.values()];
}

function fieldFault(event: StreamEvent): string | undefined {
  const wrong = Object.entries(event).find(([field, value]) => kindOf(field)?.(value) === false);
  return wrong && `${event.type} with ${wrong[0]}: ${JSON.stringify(wrong[1])}`;
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;

function kindOf(field: string): ((value: unknown) => boolean) | undefined {
  if (['id', 'model', 'text', 'json', 'callId', 'name', 'signature', 'reason', 'type'].includes(field)) return isText;
  if (['block', 'inputTokens'].includes(field)) return isCount;
  if (field === 'usage') return (value) => Object.entries(value as Usage).every(([name, count]) => (name === 'estimated' ? typeof count === 'boolean' : isCount(count)));
  return undefined;
}

function blockFault(open: Map<number, string>, { type, block: number }: Extract<StreamEvent, { block: number }>): string | undefined {
  const cut = type.lastIndexOf('-');
  const [kind, step] = [type.slice(0, cut), type.slice(cut + 1)];
  if (step === 'start') {
    if (open.has(number)) return `block ${number} starts twice`;
    open.set(number, kind);
    return undefined;
  }
  if (open.get(number) !== kind) return `${type} outside of block ${number}`;
  if (step === 'end') open.delete(number);
  return undefined;
}
