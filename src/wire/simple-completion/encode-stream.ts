import { Observable, type OperatorFunction } from 'rxjs';
import { type AnswerFacts, encodeFacts } from './answer-facts.js';
import { GatewayError, toGatewayError } from '../../kernel/gateway-error.js';
import { type StreamEvent } from '../../kernel/stream-event.js';
import { encodeError } from '../openai-chat/encode-error.js';

/**
 * Writes an answer as the simple form's stream: a frame a piece of text, and a last one that is `done`. Every value is one whole SSE frame. A failure before the first
 * event stays an Observable error; after it, it is the last frame.
 *
 * @param facts asked for at the end
 */
export function encodeSimpleStream(facts: () => AnswerFacts): OperatorFunction<StreamEvent, string> {
  return (events) =>
    new Observable<string>((subscriber) => {
      let state: 'before' | 'open' | 'ended' = 'before';
      const fail = (error: unknown): void => {
        if (state === 'before') {
          subscriber.error(error);
          return;
        }
        if (state === 'open') subscriber.next(encodeSimpleFailure(toGatewayError(error)));
        subscriber.complete();
      };
      return events.subscribe({
        next: (event) => {
          state = event.type === 'stream-end' ? 'ended' : 'open';
          const frame = frameOf(event, facts);
          if (frame !== '') subscriber.next(frame);
        },
        error: fail,
        complete: () => {
          if (state === 'ended') subscriber.complete();
          else fail(new GatewayError('internal_error', 'The answer ended before it was complete.'));
        },
      });
    });
}

/** The last frame of a stream that failed. */
export function encodeSimpleFailure(error: GatewayError): string {
  return `data: ${JSON.stringify({ content: '', done: true, ...encodeError(error) })}\n\n`;
}

/** The text of an event; '' where the form has no word for it. */
function frameOf(event: StreamEvent, facts: () => AnswerFacts): string {
  switch (event.type) {
    case 'stream-start':
      // The answer begins: its headers go out.
      return 'data: {"content":"","done":false}\n\n';
    case 'text-delta':
      return event.text === '' ? '' : `data: {"content":${JSON.stringify(event.text)},"done":false}\n\n`;
    case 'stream-end':
      return `data: ${JSON.stringify({ content: '', done: true, ...encodeFacts(facts(), event.reason, event.usage) })}\n\n`;
    default:
      return '';
  }
}
