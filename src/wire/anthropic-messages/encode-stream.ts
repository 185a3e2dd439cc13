import { Observable, type OperatorFunction } from 'rxjs';
import { encodeFailure, MessageFrames, type MessageStreamOptions } from './message-frames.js';
import { GatewayError, toGatewayError } from '../../kernel/gateway-error.js';
import { type StreamEvent } from '../../kernel/stream-event.js';

/**
 * Writes an answer as Anthropic's event stream (https://docs.anthropic.com/en/docs/build-with-claude/streaming). Every value is the text of one or more whole SSE frames.
 * A failure before the first event stays an Observable error; after it, it is the stream's `error` event, and the stream ends without `message_stop`.
 */
export function encodeStream(options: MessageStreamOptions): OperatorFunction<StreamEvent, string> {
  return (events) =>
    new Observable<string>((subscriber) => {
      const frames = new MessageFrames(options);
      let state: 'before' | 'open' | 'ended' = 'before';
      const fail = (error: unknown): void => {
        if (state === 'before') {
          subscriber.error(error);
          return;
        }
        if (state === 'open') subscriber.next(encodeFailure(toGatewayError(error), options.requestId));
        subscriber.complete();
      };
      const tell = (event: StreamEvent): void => {
        const text = frames.of(event);
        state = event.type === 'stream-end' ? 'ended' : 'open';
        if (text !== '') subscriber.next(text);
      };
      return events.subscribe({
        next: (event) => {
          try {
            tell(event);
          } catch (error) {
            fail(error);
          }
        },
        error: fail,
        complete: () => {
          if (state === 'ended') subscriber.complete();
          else fail(new GatewayError('internal_error', 'The answer ended before it was complete.'));
        },
      });
    });
}
