import { Observable, type OperatorFunction } from 'rxjs';
import { ChatStreamDecoder } from './chat-stream-decoder.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type StreamEvent } from '../../kernel/stream-event.js';
import { type Usage } from '../../kernel/usage.js';
import { SseEventTooLargeError, SseParser } from '../sse/sse-parser.js';

/**
 * Reads the event stream of a vendor that speaks Chat Completions. Completes at `[DONE]`, or at the end of the bytes, after `stream-end`.
 *
 * @param estimateInput a guess at the prompt's tokens, for vendors that report no usage
 * @param counted told who knows what the vendor has counted so far
 * Errors: `upstream_error` for an error in the stream, for what is no chunk and for an end without a finish reason;
 * `output_limit_exceeded` for an event of excessive size.
 */
export function decodeStream(estimateInput: () => number, counted?: (tell: () => Usage | undefined) => void): OperatorFunction<Uint8Array, StreamEvent> {
  return (bytes) =>
    new Observable((subscriber) => {
      const parser = new SseParser();
      const decoder = new ChatStreamDecoder(estimateInput);
      counted?.(() => decoder.usage);
      const guard = (run: () => void): void => {
        try {
          run();
          if (decoder.ended) subscriber.complete();
        } catch (error) {
          subscriber.error(
            error instanceof SseEventTooLargeError
              ? new GatewayError('output_limit_exceeded', 'The provider sent an event that is too large.', { shouldRetry: false, cause: error })
              : error,
          );
        }
      };
      const say = (event: StreamEvent): void => {
        subscriber.next(event);
      };
      return bytes.subscribe({
        next: (chunk) => {
          guard(() => {
            for (const { data } of parser.push(chunk)) decoder.decode(data, say);
          });
        },
        error: (error: unknown) => {
          subscriber.error(error);
        },
        complete: () => {
          guard(() => {
            for (const { data } of parser.end()) decoder.decode(data, say);
            decoder.end(say);
          });
        },
      });
    });
}
