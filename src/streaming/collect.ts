import { Observable, type OperatorFunction } from 'rxjs';
import { relay } from '../kernel/relay.js';
import { type AnswerBlock, type Completion } from '../kernel/completion.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type StreamEnd, type StreamEvent, type StreamStart } from '../kernel/stream-event.js';

/** Adds up the events of an answer: emits its one {@link Completion} at `stream-end`. A source that completes without one is an `internal_error`. */
export function collect(): OperatorFunction<StreamEvent, Completion> {
  return (source) =>
    new Observable((subscriber) => {
      const sum = new Sum();
      return relay(source, subscriber, {
        next: (event) => {
          if (event.type === 'stream-end') {
            subscriber.next(sum.end(event));
            subscriber.complete();
          } else sum.add(event);
        },
        complete: () => {
          subscriber.error(new GatewayError('internal_error', 'The answer ended before it was complete.'));
        },
      });
    });
}

type Growing<T> = { -readonly [K in keyof T]: T[K] };
type GrowingBlock = { [T in AnswerBlock['type']]: Growing<Extract<AnswerBlock, { type: T }>> }[AnswerBlock['type']];

class Sum {
  #start: StreamStart | undefined;
  /** In the order in which they began. */
  readonly #blocks: GrowingBlock[] = [];
  /** As it was heard: blocks may interleave. */
  readonly #said = { text: '', reasoning: '' };
  /** By number, which may be used again. */
  readonly #open = new Map<number, GrowingBlock>();

  add(event: Exclude<StreamEvent, StreamEnd>): void {
    switch (event.type) {
      case 'stream-start':
        this.#start = event;
        break;
      case 'text-start':
        this.#begin(event.block, { type: 'text', text: '' });
        break;
      case 'reasoning-start':
        this.#begin(event.block, { type: 'reasoning', text: '' });
        break;
      case 'tool-call-start':
        this.#begin(event.block, { type: 'tool-call', callId: event.callId, name: event.name, json: '' });
        break;
      case 'text-delta':
      case 'reasoning-delta':
        this.#extend(event.block, event.text);
        break;
      case 'tool-call-delta':
        this.#extend(event.block, event.json);
        break;
      case 'reasoning-end':
        this.#seal(event);
        break;
      default:
    }
  }

  end({ reason, usage, stopSequence }: StreamEnd): Completion {
    const { id = '', model = '', warnings = [] } = this.#start ?? {};
    const blocks = this.#blocks as readonly AnswerBlock[];
    const toolCalls = blocks.flatMap((block) => (block.type === 'tool-call' ? [{ callId: block.callId, name: block.name, json: block.json }] : []));
    const stop = stopSequence === undefined ? {} : { stopSequence };
    return { id, model, blocks, text: this.#said.text, reasoning: this.#said.reasoning, toolCalls, reason, usage, ...stop, warnings };
  }

  #begin(number: number, block: GrowingBlock): void {
    this.#open.set(number, block);
    this.#blocks.push(block);
  }

  #extend(number: number, piece: string): void {
    const block = this.#open.get(number);
    if (!block) return;
    if (block.type === 'tool-call') block.json += piece;
    else {
      block.text += piece;
      this.#said[block.type] += piece;
    }
  }

  #seal({ block: number, signature, redacted }: Extract<StreamEvent, { type: 'reasoning-end' }>): void {
    const block = this.#open.get(number);
    if (block?.type !== 'reasoning') return;
    if (signature !== undefined) block.signature = signature;
    if (redacted) block.redacted = true;
  }
}
