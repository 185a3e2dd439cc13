import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { relay } from '../kernel/relay.js';
import { type Flow } from '../kernel/flow.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type StreamEvent } from '../kernel/stream-event.js';

/**
 * For a source that cannot be paused for one client, since it speaks to others too: what it says while `flow` is paused waits here, in order.
 * Errors `output_limit_exceeded`, and leaves the source, over `maxCharacters` that wait.
 */
export function bufferWhilePaused(flow: Flow, maxCharacters: number): MonoTypeOperatorFunction<StreamEvent> {
  return (source) =>
    new Observable((subscriber) => {
      let held: StreamEvent[] = [];
      let next = 0;
      let characters = 0;
      let ended: (() => void) | undefined;
      const release = (): void => {
        for (let event = held[next]; event && !flow.paused && !subscriber.closed; event = held[next]) {
          next += 1;
          characters -= sizeOf(event);
          subscriber.next(event);
        }
        if (next < held.length) return;
        held = [];
        next = 0;
        ended?.();
      };
      flow.onChange((paused) => {
        if (!paused) release();
      });
      const afterHeld = (end: () => void): void => {
        if (held.length === 0) end();
        else ended = end;
      };
      return relay(source, subscriber, {
        next: (event) => {
          if (!flow.paused && held.length === 0) {
            subscriber.next(event);
            return;
          }
          held.push(event);
          characters += sizeOf(event);
          if (characters > maxCharacters) throw new GatewayError('output_limit_exceeded', 'The client does not keep up with the answer.', { shouldRetry: false });
        },
        error: (error) => {
          afterHeld(() => {
            subscriber.error(error);
          });
        },
        complete: () => {
          afterHeld(() => {
            subscriber.complete();
          });
        },
      });
    });
}

/** What an event holds, and what holding it costs. */
function sizeOf(event: StreamEvent): number {
  const text = event.type === 'tool-call-delta' ? event.json : 'text' in event ? event.text : '';
  return text.length + 100;
}
