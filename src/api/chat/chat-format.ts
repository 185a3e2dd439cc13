import { randomUUID } from 'node:crypto';
import { type ChatCompletionDto } from './chat-completion.dto.js';
import { type AnswerFormat } from '../../http/completion-reply.js';
import { encodeCompletion } from '../../wire/openai-chat/encode-completion.js';
import { encodeFailure } from '../../wire/openai-chat/encode-failure.js';
import { encodeStream } from '../../wire/openai-chat/encode-stream.js';

/** The answer to one chat completion. */
export function chatFormat({ model, stream, stream_options: options }: ChatCompletionDto): AnswerFormat {
  const head = { id: `chatcmpl-${randomUUID()}`, created: Math.floor(Date.now() / 1000), model };
  return {
    stream: stream === true,
    frames: encodeStream({ ...head, includeUsage: options?.include_usage === true }),
    body: (completion) => encodeCompletion(completion, head),
    failure: (error) => encodeFailure(head, error),
  };
}
