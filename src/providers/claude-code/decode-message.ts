import { type ApiEvent, type ApiUsage } from './decode-line.js';
import { mapStopReason } from './map-stop-reason.js';
import { addUsage, laterUsage, mapUsage, promptTokens } from './map-usage.js';
import { unofferedFunction } from '../../kernel/gateway-error.js';
import { countOf, textOf } from '../../kernel/read-value.js';
import { type StreamEvent, type Warning } from '../../kernel/stream-event.js';
import { type Usage } from '../../kernel/usage.js';

/** The CLI's own tool, through which it takes an answer by a schema. */
export const STRUCTURED_OUTPUT = 'StructuredOutput';

interface Block {
  readonly kind: 'text' | 'reasoning' | 'tool-call';
  /** Its number towards the client; given with the first that is said of it. */
  number: number | undefined;
  /** Of a call. */
  readonly call?: { readonly callId: string; readonly name: string };
  /** Of reasoning. */
  signature?: string;
  readonly redacted?: true;
}

export interface ExpectedMessage {
  /** The model that was asked for. */
  readonly model: string;
  readonly warnings: readonly Warning[];
  /** Names of the functions that are offered. */
  readonly tools: ReadonlySet<string>;
  /** Whether the answer is to keep to a schema. */
  readonly structured: boolean;
}

/**
 * Decodes one answer: the API events from the first `message_start` to the first `message_delta` with a stop reason; after it, it is deaf.
 * Nothing is said before the first delta, so that an answer which broke off before it can still begin anew or fail with a status of its own.
 * An answer by a schema is what the model gives to the CLI's own tool: words beside it are told only where a function of the client's is called after them.
 */
export class MessageDecoder {
  /** Whether anything went out to the client. */
  started = false;
  ended = false;
  /** Whether the message at hand has its stop reason. */
  #whole = true;
  #id: string | undefined;
  #model: string;
  /** Of the message at hand, as far as it is known. */
  #usage: ApiUsage | undefined;
  #blocks = new Map<number, Block>();
  #numbers = 0;
  #text = false;
  #heldText = '';
  #answered = false;
  readonly #calls: string[] = [];
  #stopReason: string | undefined;
  /** Of messages that the CLI did not take for the answer. */
  #before: ApiUsage | undefined;

  constructor(private readonly expected: ExpectedMessage) {
    this.#model = expected.model;
  }

  /** Whether what the client was told is not all of its message. */
  get broken(): boolean {
    return this.started && !this.ended && !this.#whole;
  }

  /** Whether the conversation can go on after this answer as the client saw it. After an empty answer the CLI asks again by itself. */
  get resumable(): boolean {
    return this.#stopReason === 'end_turn' && this.#text;
  }

  /** The ids of the calls that the CLI waits for; empty where it does not, or waits for other things too. */
  get calls(): readonly string[] {
    return this.#stopReason === 'tool_use' && !this.#answered ? this.#calls : [];
  }

  /** What the vendor has counted so far; a guess while it is at work. */
  get spent(): Usage | undefined {
    const sum = addUsage(this.#before, this.#usage);
    return sum && { ...mapUsage(sum), ...(this.#whole ? {} : { estimated: true }) };
  }

  accept(event: ApiEvent): StreamEvent[] {
    if (this.ended) return [];
    switch (event.type) {
      case 'message_start':
        return this.#open(event);
      case 'content_block_start':
        return this.#startBlock(event);
      case 'content_block_delta':
        return this.#delta(event);
      case 'content_block_stop':
        return this.#stopBlock(placeOf(event));
      case 'message_delta':
        this.#usage = laterUsage(this.#usage, event.usage);
        return this.#close(textOf(event.delta?.stop_reason));
      default:
        return [];
    }
  }

  /**
   * An answer that came in one piece, without its events.
   *
   * @param usage of all calls of the API in the CLI's turn, earlier answers included: taken where nothing else is known
   */
  whole(text: string, reason: string, usage: ApiUsage | null | undefined): StreamEvent[] {
    const open = this.#stopAll();
    this.#blocks = new Map([[0, { kind: 'text', number: undefined }]]);
    this.#usage ??= this.#before ? undefined : (usage ?? undefined);
    return [...open, ...this.#say(0, text), ...this.#end(reason)];
  }

  #open({ message }: ApiEvent): StreamEvent[] {
    this.#id = textOf(message?.id);
    this.#model = textOf(message?.model) ?? this.#model;
    // One that broke off before its first word cost what it said.
    if (!this.#whole) this.#before = addUsage(this.#before, this.#usage);
    this.#usage = message?.usage ?? undefined;
    const open = this.#stopAll();
    this.#heldText = '';
    this.#whole = false;
    this.#answered = false;
    this.#calls.length = 0;
    return open;
  }

  #startBlock(event: ApiEvent): StreamEvent[] {
    const index = placeOf(event);
    return [...this.#stopBlock(index), ...this.#openBlock(index, event.content_block)];
  }

  #openBlock(index: number, block: ApiEvent['content_block']): StreamEvent[] {
    switch (block?.type) {
      case 'text':
        this.#blocks.set(index, { kind: 'text', number: undefined });
        break;
      case 'thinking':
        this.#blocks.set(index, { kind: 'reasoning', number: undefined });
        break;
      case 'redacted_thinking':
        this.#blocks.set(index, { kind: 'reasoning', number: undefined, signature: textOf(block.data) ?? '', redacted: true });
        break;
      case 'tool_use':
        return this.#startCall(index, textOf(block.id) ?? '', textOf(block.name) ?? '');
      default:
    }
    return [];
  }

  #startCall(index: number, callId: string, name: string): StreamEvent[] {
    if (this.expected.structured && name === STRUCTURED_OUTPUT) {
      this.#answered = true;
      this.#blocks.set(index, { kind: 'text', number: undefined });
      return [];
    }
    if (!this.expected.tools.has(name)) {
      throw unofferedFunction(name);
    }
    this.#blocks.set(index, { kind: 'tool-call', number: undefined, call: { callId, name } });
    this.#calls.push(callId);
    return this.#sayHeldText();
  }

  #delta(event: ApiEvent): StreamEvent[] {
    const { delta } = event;
    const index = placeOf(event);
    switch (delta?.type) {
      case 'text_delta':
        return this.#hearText(index, textOf(delta.text));
      case 'thinking_delta':
        return this.#say(index, textOf(delta.thinking));
      case 'input_json_delta':
        return this.#say(index, textOf(delta.partial_json));
      case 'signature_delta':
        this.#sign(index, textOf(delta.signature));
        return [];
      default:
        return [];
    }
  }

  #hearText(index: number, text: string | undefined): StreamEvent[] {
    if (!this.expected.structured) return this.#say(index, text);
    this.#heldText += text ?? '';
    return [];
  }

  #sign(index: number, piece: string | undefined): void {
    const block = this.#blocks.get(index);
    if (block && piece !== undefined) block.signature = (block.signature ?? '') + piece;
  }

  #sayHeldText(): StreamEvent[] {
    const text = this.#heldText;
    if (text === '') return [];
    this.#heldText = '';
    this.#blocks.set(-1, { kind: 'text', number: undefined });
    return [...this.#say(-1, text), ...this.#stopBlock(-1)];
  }

  #say(index: number, text: string | undefined): StreamEvent[] {
    const block = this.#blocks.get(index);
    if (!block || !text) return [];
    const events = this.#begin(block);
    const number = block.number ?? 0;
    events.push(block.kind === 'tool-call' ? { type: 'tool-call-delta', block: number, json: text } : { type: `${block.kind}-delta`, block: number, text });
    if (block.kind === 'text') this.#text ||= text.trim() !== '';
    return events;
  }

  /** The block's start, once. */
  #begin(block: Block): StreamEvent[] {
    if (block.number !== undefined) return [];
    block.number = this.#numbers++;
    const start: StreamEvent =
      block.kind === 'tool-call'
        ? { type: 'tool-call-start', block: block.number, callId: block.call?.callId ?? '', name: block.call?.name ?? '' }
        : { type: `${block.kind}-start`, block: block.number };
    return [...this.#start(), start];
  }

  #stopBlock(index: number): StreamEvent[] {
    const block = this.#blocks.get(index);
    this.#blocks.delete(index);
    if (!block) return [];
    // A call without arguments has no delta, and reasoning may be its signature alone.
    const late = block.number !== undefined ? [] : block.kind === 'tool-call' ? this.#emptyCall(block) : block.signature === undefined ? [] : this.#begin(block);
    return block.number === undefined ? [] : [...late, endOf(block, block.number)];
  }

  #emptyCall(block: Block): StreamEvent[] {
    const events = this.#begin(block);
    return [...events, { type: 'tool-call-delta', block: block.number ?? 0, json: '{}' }];
  }

  /** Where the model keeps to no schema, the CLI asks it again. */
  #close(reason: string | undefined): StreamEvent[] {
    if (reason === undefined) return [];
    this.#whole = true;
    const goesOn = this.expected.structured && !this.#answered && this.#calls.length === 0 && reason === 'end_turn';
    if (!goesOn) return [...this.#sayCutText(reason), ...this.#end(reason)];
    this.#before = addUsage(this.#before, this.#usage);
    this.#usage = undefined;
    return [];
  }

  /** An answer that was cut is told as far as it came. */
  #sayCutText(reason: string): StreamEvent[] {
    return reason === 'tool_use' ? [] : this.#sayHeldText();
  }

  #end(reason: string): StreamEvent[] {
    const events = [...this.#start(), ...this.#stopAll()];
    this.ended = true;
    this.#stopReason = reason;
    const mapped = reason === 'tool_use' && this.#calls.length === 0 ? 'stop' : mapStopReason(reason);
    events.push({ type: 'stream-end', reason: mapped, usage: mapUsage(addUsage(this.#before, this.#usage)) });
    return events;
  }

  #stopAll(): StreamEvent[] {
    return [...this.#blocks.keys()].flatMap((index) => this.#stopBlock(index));
  }

  #start(): StreamEvent[] {
    if (this.started) return [];
    this.started = true;
    const tokens = this.#usage === undefined ? {} : promptTokens(this.#usage);
    return [{ type: 'stream-start', id: this.#id ?? `msg_${crypto.randomUUID()}`, model: this.#model, warnings: this.expected.warnings, ...tokens }];
  }
}

/** The number of the block that an event is of. */
function placeOf({ index }: ApiEvent): number {
  return countOf(index) ?? 0;
}

function endOf({ kind, signature, redacted }: Block, block: number): StreamEvent {
  if (kind !== 'reasoning') return { type: `${kind}-end`, block };
  return { type: 'reasoning-end', block, ...(signature === undefined ? {} : { signature }), ...(redacted ? { redacted } : {}) };
}
