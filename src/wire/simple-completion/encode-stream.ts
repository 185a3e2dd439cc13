import { type OperatorFunction } from 'rxjs';
import { type AnswerFacts, encodeFacts } from './answer-facts.js';
import { type GatewayError } from '../../kernel/gateway-error.js';
import { type StreamEvent } from '../../kernel/stream-event.js';
import { encodeError } from '../openai-chat/encode-error.js';
import { writeFrames } from '../write-frames.js';

/**
 * Writes an answer as the simple form's stream: a frame a piece of text, and a last one that is `done`. Every value is one whole SSE frame.
 *
 * @param facts asked for at the end
 */
export function encodeSimpleStream(facts: () => AnswerFacts): OperatorFunction<StreamEvent, string> {
  return writeFrames(() => ({ of: (event) => frameOf(event, facts) }));
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
