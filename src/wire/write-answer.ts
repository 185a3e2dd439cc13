import { Observable, type OperatorFunction } from 'rxjs';
import { GatewayError, toGatewayError } from '../kernel/gateway-error.js';
import { type StreamEvent } from '../kernel/stream-event.js';

/** How a wire format tells one answer. `T`: a text or a list; an empty one says nothing. */
export interface AnswerWriter<T extends { readonly length: number }> {
  /** Where nobody waits for an HTTP status: what stands before the first event. A failure before that event is then told as one after it. */
  readonly begin?: (() => T) | undefined;
  of(event: StreamEvent): T;
  /** The end of an answer that failed on its way. */
  failure(error: GatewayError): T;
}

/**
 * Writes an answer as a wire format tells it. A failure before the first event stays an Observable error, so that it can have an HTTP status of its own; after it, it is told,
 * and the stream completes. An answer that stops without its `stream-end` failed, and so did one that cannot be told.
 *
 * @param open gives the writer of one answer: called at every subscription
 */
export function writeAnswer<T extends { readonly length: number }>(open: () => AnswerWriter<T>): OperatorFunction<StreamEvent, T> {
  return (events) =>
    new Observable<T>((subscriber) => {
      const writer = open();
      let state: 'before' | 'open' | 'ended' = 'before';
      const say = (told: T): void => {
        if (told.length > 0) subscriber.next(told);
      };
      const fail = (error: unknown): void => {
        if (state === 'before') {
          subscriber.error(error);
          return;
        }
        if (state === 'open') say(writer.failure(toGatewayError(error)));
        subscriber.complete();
      };
      const tell = (event: StreamEvent): void => {
        const told = writer.of(event);
        state = event.type === 'stream-end' ? 'ended' : 'open';
        say(told);
      };
      if (writer.begin) {
        state = 'open';
        say(writer.begin());
      }
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
