import { type OperatorFunction } from 'rxjs';
import { MessageFrames, type MessageStreamOptions } from './message-frames.js';
import { writeFrames } from '../write-frames.js';
import { type StreamEvent } from '../../kernel/stream-event.js';

/**
 * Writes an answer as Anthropic's event stream (https://docs.anthropic.com/en/docs/build-with-claude/streaming). Every value is the text of one or more
 * whole SSE frames. A failure is told by `encodeFailure`, and the stream ends without `message_stop`.
 */
export function encodeStream(options: MessageStreamOptions): OperatorFunction<StreamEvent, string> {
  return writeFrames(() => new MessageFrames(options));
}
