import { randomUUID } from 'node:crypto';
import { type ChatCompletionDto } from './chat-completion.dto.js';
import { type AnswerFormat } from '../../completion/operation.js';
import { customToolsOf } from '../../wire/openai-chat/decode-tools.js';
import { encodeCompletion } from '../../wire/openai-chat/encode-completion.js';
import { encodeFailure, encodeStream } from '../../wire/openai-chat/encode-stream.js';

/** The answer to one chat completion. */
export function chatFormat(body: ChatCompletionDto): AnswerFormat {
  const { model, stream, stream_options: options } = body;
  const head = {
    id: `chatcmpl-${randomUUID()}`,
    created: Math.floor(Date.now() / 1000),
    model,
    customTools: customToolsOf(body as unknown as Record<string, unknown>),
    includeUsage: options?.include_usage === true,
  };
  return {
    stream: stream === true,
    frames: encodeStream(head),
    body: (completion) => encodeCompletion(completion, head),
    failure: (error) => encodeFailure(head, error),
  };
}
