import { Observable, type OperatorFunction } from 'rxjs';
import { type ResponseEvent, type ResponseWriter } from './response-writer.js';
import { GatewayError, toGatewayError } from '../../kernel/gateway-error.js';
import { type StreamEvent } from '../../kernel/stream-event.js';

/**
 * Writes an answer as the events of OpenAI's Responses API (https://platform.openai.com/docs/api-reference/responses-streaming), which always end with one that
 * holds the response. A failure before the first event stays an Observable error; after it, it is the event `response.failed`.
 *
 * @param detached nobody waits for an HTTP status: the answer is queued at first, and a failure before its first event is told as one after it
 */
export function encodeEvents(writer: ResponseWriter, { detached = false } = {}): OperatorFunction<StreamEvent, ResponseEvent> {
  return (events) =>
    new Observable<ResponseEvent>((subscriber) => {
      let state: 'before' | 'open' | 'ended' = detached ? 'open' : 'before';
      const say = (told: readonly ResponseEvent[]): void => {
        for (const event of told) subscriber.next(event);
      };
      if (detached) say(writer.queue());
      const fail = (error: unknown): void => {
        if (state === 'before') {
          subscriber.error(error);
          return;
        }
        if (state === 'open') say(writer.fail(toGatewayError(error)));
        subscriber.complete();
      };
      return events.subscribe({
        next: (event) => {
          state = event.type === 'stream-end' ? 'ended' : 'open';
          say(writer.accept(event));
        },
        error: fail,
        complete: () => {
          if (state === 'ended') subscriber.complete();
          else fail(new GatewayError('internal_error', 'The answer ended before it was complete.'));
        },
      });
    });
}

/** One event as an SSE frame: JSON has no line breaks of its own, and the names are ours. */
export function encodeFrame(event: { readonly type: string }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
