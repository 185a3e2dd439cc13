import { type AnthropicBlock, reasoningBlock, textBlock, toolUseBlock } from './encode-block.js';
import { encodeError } from './encode-error.js';
import { emptyMessage, type MessageHead } from './encode-message.js';
import { encodeFigures } from './encode-usage.js';
import { type BlockEvent, OneAtATime } from './one-at-a-time.js';
import { encodeEnding } from './stop-reason.js';
import { typedFrame } from '../sse/typed-frame.js';
import { type FrameWriter } from '../write-frames.js';
import { type GatewayError } from '../../kernel/gateway-error.js';
import { type StreamEnd, type StreamEvent, type StreamStart } from '../../kernel/stream-event.js';
import { promptOf } from '../../kernel/usage.js';

export interface MessageStreamOptions extends MessageHead {
  /** For the error that a stream may end with. */
  readonly requestId: string;
}

/** The SSE frames of one answer. A block begins with its first word, so that none is empty. */
export class MessageFrames implements FrameWriter {
  readonly #order = new OneAtATime();
  /** Of the block that is open, or of the next one. */
  #index = 0;
  #open = false;

  constructor(private readonly options: MessageStreamOptions) {}

  /** The text of an event; '' where there is nothing to tell yet. @throws GatewayError */
  of(event: StreamEvent): string {
    if (event.type === 'stream-start') return this.#start(event);
    if (event.type === 'stream-end') return this.#end(event);
    return this.#tell(this.#order.next(event));
  }

  #tell(events: readonly BlockEvent[]): string {
    let text = '';
    for (const event of events) text += this.#frame(event);
    return text;
  }

  #frame(event: BlockEvent): string {
    switch (event.type) {
      case 'text-delta':
        return this.#delta(TEXT, 'text_delta', 'text', event.text);
      case 'reasoning-delta':
        return this.#delta(THINKING, 'thinking_delta', 'thinking', event.text);
      case 'tool-call-delta':
        return this.#delta(undefined, 'input_json_delta', 'partial_json', event.json);
      case 'tool-call-start':
        return this.#close() + this.#begin(toolUseBlock(event));
      case 'reasoning-end':
        return this.#seal(event) + this.#close();
      default:
        // The end of a block, or the start of one, before which there is nothing left open but what never ended.
        return this.#close();
    }
  }

  #start(start: StreamStart): string {
    return typedFrame({ type: 'message_start', message: emptyMessage(this.options, promptOf(start)) }) + PING;
  }

  #begin(block: AnthropicBlock | undefined): string {
    if (this.#open || block === undefined) return '';
    this.#open = true;
    return typedFrame({ type: 'content_block_start', index: this.#index, content_block: block });
  }

  /** Runs for every token. @param block what it begins, where it is the first one's */
  #delta(block: AnthropicBlock | undefined, type: string, field: string, text: string): string {
    if (text === '') return '';
    const start = this.#begin(block);
    return `${start}event: content_block_delta\ndata: {"type":"content_block_delta","index":${this.#index},"delta":{"type":"${type}","${field}":${JSON.stringify(text)}}}\n\n`;
  }

  /** What stands at a thought's end, when its words, if there were any, are out. */
  #seal({ signature = '', redacted }: Extract<BlockEvent, { type: 'reasoning-end' }>): string {
    const unsaid = this.#open ? undefined : reasoningBlock({ text: '', signature, ...(redacted && { redacted }) });
    if (unsaid?.type === 'redacted_thinking') return this.#begin(unsaid);
    return this.#delta(THINKING, 'signature_delta', 'signature', signature);
  }

  #close(): string {
    if (!this.#open) return '';
    this.#open = false;
    return `event: content_block_stop\ndata: {"type":"content_block_stop","index":${this.#index++}}\n\n`;
  }

  #end(event: StreamEnd): string {
    const rest = this.#tell(this.#order.flush()) + this.#close();
    const delta = { ...encodeEnding(event), container: null };
    return rest + typedFrame({ type: 'message_delta', delta, usage: encodeFigures(event.usage) }) + MESSAGE_STOP;
  }
}

/** The end of a stream that failed. */
export function encodeFailure(error: GatewayError, requestId: string): string {
  return typedFrame({ ...encodeError(error, requestId) });
}

const TEXT = textBlock('');
const THINKING: AnthropicBlock = { type: 'thinking', thinking: '', signature: '' };
const PING = typedFrame({ type: 'ping' });
const MESSAGE_STOP = typedFrame({ type: 'message_stop' });
