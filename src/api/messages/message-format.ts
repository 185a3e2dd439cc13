import { randomUUID } from 'node:crypto';
import { type AnswerFormat } from '../../completion/operation.js';
import { type MessageEnvelope } from '../../wire/anthropic-messages/decode-envelope.js';
import { encodeMessage } from '../../wire/anthropic-messages/encode-message.js';
import { encodeStream } from '../../wire/anthropic-messages/encode-stream.js';
import { encodeFailure } from '../../wire/anthropic-messages/message-frames.js';

/** The answer to one message request. */
export function messageFormat({ model, stream }: MessageEnvelope, requestId: string): AnswerFormat {
  const head = { id: `msg_${randomUUID().replaceAll('-', '')}`, model };
  return {
    stream,
    frames: encodeStream({ ...head, requestId }),
    body: (completion) => encodeMessage(completion, head),
    failure: (error) => encodeFailure(error, requestId),
  };
}
