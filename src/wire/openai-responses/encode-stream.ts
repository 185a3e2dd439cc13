import { concatAll, type OperatorFunction, pipe } from 'rxjs';
import { type ResponseEvent, type ResponseWriter } from './response-writer.js';
import { writeAnswer } from '../write-answer.js';
import { type StreamEvent } from '../../kernel/stream-event.js';

/**
 * Writes an answer as the events of OpenAI's Responses API (https://platform.openai.com/docs/api-reference/responses-streaming), which always end with one that
 * holds the response. A failure before the first event stays an Observable error; after it, it is the event `response.failed`.
 *
 * @param detached nobody waits for an HTTP status: the answer is queued at first, and a failure before its first event is told as one after it
 */
export function encodeEvents(writer: ResponseWriter, { detached = false } = {}): OperatorFunction<StreamEvent, ResponseEvent> {
  return pipe(
    writeAnswer<readonly ResponseEvent[]>(() => ({
      begin: detached ? () => writer.queue() : undefined,
      of: (event) => writer.accept(event),
      failure: (error) => writer.fail(error),
    })),
    concatAll(),
  );
}
