import { Observable, type OperatorFunction } from 'rxjs';
import { relay } from './relay.js';
import { type Completion } from '../kernel/completion.js';
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

class Sum {
  #start: StreamStart | undefined;
  #text = '';
  #reasoning = '';
  readonly #calls = new Map<number, { readonly callId: string; readonly name: string; json: string }>();
  /** In the order in which they began; a block's number may be used again. */
  readonly #toolCalls: { readonly callId: string; readonly name: string; json: string }[] = [];

  add(event: Exclude<StreamEvent, StreamEnd>): void {
    switch (event.type) {
      case 'stream-start':
        this.#start = event;
        break;
      case 'text-delta':
        this.#text += event.text;
        break;
      case 'reasoning-delta':
        this.#reasoning += event.text;
        break;
      case 'tool-call-start':
        this.#beginCall(event.block, event.callId, event.name);
        break;
      case 'tool-call-delta':
        this.#addToCall(event.block, event.json);
        break;
      default:
    }
  }

  end({ reason, usage }: StreamEnd): Completion {
    const { id = '', model = '', warnings = [] } = this.#start ?? {};
    return { id, model, text: this.#text, reasoning: this.#reasoning, toolCalls: this.#toolCalls, reason, usage, warnings };
  }

  #beginCall(block: number, callId: string, name: string): void {
    const call = { callId, name, json: '' };
    this.#calls.set(block, call);
    this.#toolCalls.push(call);
  }

  #addToCall(block: number, json: string): void {
    const call = this.#calls.get(block);
    if (call) call.json += json;
  }
}
