import { type OperatorFunction } from 'rxjs';
import { MessageFrames, type MessageStreamOptions } from './message-frames.js';
import { writeAnswer } from '../write-answer.js';
import { type StreamEvent } from '../../kernel/stream-event.js';

/**
 * Writes an answer as Anthropic's event stream (https://docs.anthropic.com/en/docs/build-with-claude/streaming). Every value is the text of one or more whole SSE frames.
 * A failure before the first event stays an Observable error; after it, it is the stream's `error` event, and the stream ends without `message_stop`.
 */
export function encodeStream(options: MessageStreamOptions): OperatorFunction<StreamEvent, string> {
  return writeAnswer(() => new MessageFrames(options));
}
