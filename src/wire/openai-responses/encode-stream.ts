import { Observable, type OperatorFunction } from 'rxjs';
import { type ResponseEvent, type ResponseWriter } from './response-writer.js';
import { type StreamEvent } from '../../kernel/stream-event.js';

/** Writes an answer as the events of OpenAI's Responses API (https://platform.openai.com/docs/api-reference/responses-streaming). A failure is told by the writer's `fail`. */
export function encodeEvents(writer: ResponseWriter): OperatorFunction<StreamEvent, ResponseEvent> {
  return (events) =>
    new Observable((subscriber) =>
      events.subscribe({
        next: (event) => {
          // For every token: no Observable of its own.
          for (const told of writer.accept(event)) subscriber.next(told);
        },
        error: (error: unknown) => {
          subscriber.error(error);
        },
        complete: () => {
          subscriber.complete();
        },
      }),
    );
}
