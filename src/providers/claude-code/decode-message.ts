import { type ApiEvent, type ApiUsage } from './decode-line.js';
import { mapStopReason } from './map-stop-reason.js';
import { inputTokens, mapUsage } from './map-usage.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type StreamEvent, type Warning } from '../../kernel/stream-event.js';

type BlockKind = 'text' | 'reasoning';

interface Block {
  readonly kind: BlockKind;
  /** Its number towards the client; given with its first delta. */
  number: number | undefined;
}

const kinds: Readonly<Record<string, BlockKind>> = { text: 'text', thinking: 'reasoning' };

/**
 * Decodes one answer: the API events from the first `message_start` to the first `message_delta` with a stop reason; after it, it is deaf.
 * Nothing is said before the first delta, so that an answer which broke off before it can still begin anew or fail with a status of its own.
 */
export class MessageDecoder {
  /** Whether anything went out to the client. */
  started = false;
  ended = false;
  #id: string | undefined;
  #model: string;
  #inputTokens: number | undefined;
  #blocks = new Map<number, Block>();
  #numbers = 0;
  #text = false;
  #stopReason: string | undefined;

  constructor(
    model: string,
    private readonly warnings: readonly Warning[],
  ) {
    this.#model = model;
  }

  /** Whether the conversation can go on after this answer as the client saw it. After an empty answer the CLI asks again by itself. */
  get resumable(): boolean {
    return this.#stopReason === 'end_turn' && this.#text;
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
        return this.#stopBlock(event.index ?? 0);
      case 'message_delta':
        return event.delta?.stop_reason ? this.#end(event.delta.stop_reason, event.usage) : [];
      default:
        return [];
    }
  }

  /** An answer that came in one piece, without its events. */
  whole(text: string, reason: string, usage: ApiUsage | null | undefined): StreamEvent[] {
    this.#blocks = new Map([[0, { kind: 'text', number: undefined }]]);
    return [...this.#say(0, text), ...this.#end(reason, usage)];
  }

  #open({ message }: ApiEvent): StreamEvent[] {
    this.#id = message?.id;
    this.#model = message?.model ?? this.#model;
    this.#inputTokens = message?.usage ? inputTokens(message.usage) : undefined;
    this.#blocks.clear();
    return [];
  }

  #startBlock({ index = 0, content_block: block }: ApiEvent): StreamEvent[] {
    if (block?.type === 'tool_use') throw new GatewayError('upstream_error', 'Claude called a function that the request does not offer.');
    const kind = kinds[block?.type ?? ''];
    if (kind) this.#blocks.set(index, { kind, number: undefined });
    return [];
  }

  #delta({ index = 0, delta }: ApiEvent): StreamEvent[] {
    if (delta?.type === 'text_delta') return this.#say(index, delta.text);
    return delta?.type === 'thinking_delta' ? this.#say(index, delta.thinking) : [];
  }

  #say(index: number, text: string | undefined): StreamEvent[] {
    const block = this.#blocks.get(index);
    if (!block || !text) return [];
    const events: StreamEvent[] = this.#start();
    if (block.number === undefined) {
      block.number = this.#numbers++;
      events.push({ type: `${block.kind}-start`, block: block.number });
    }
    events.push({ type: `${block.kind}-delta`, block: block.number, text });
    if (block.kind === 'text') this.#text ||= text.trim() !== '';
    return events;
  }

  #stopBlock(index: number): StreamEvent[] {
    const block = this.#blocks.get(index);
    this.#blocks.delete(index);
    return block?.number === undefined ? [] : [{ type: `${block.kind}-end`, block: block.number }];
  }

  #end(reason: string, usage: ApiUsage | null | undefined): StreamEvent[] {
    const events = [...this.#start(), ...[...this.#blocks.keys()].flatMap((index) => this.#stopBlock(index))];
    this.ended = true;
    this.#stopReason = reason;
    events.push({ type: 'stream-end', reason: mapStopReason(reason), usage: mapUsage(usage) });
    return events;
  }

  #start(): StreamEvent[] {
    if (this.started) return [];
    this.started = true;
    const tokens = this.#inputTokens === undefined ? {} : { inputTokens: this.#inputTokens };
    return [{ type: 'stream-start', id: this.#id ?? `msg_${crypto.randomUUID()}`, model: this.#model, warnings: this.warnings, ...tokens }];
  }
}
