import { randomUUID } from 'node:crypto';
import { type ChatCompletionDto } from './chat-completion.dto.js';
import { type AnswerFormat } from '../../completion/operation.js';
import { type Outcome } from '../../completion/outcome.js';
import { customToolsOf } from '../../wire/openai-chat/decode-tools.js';
import { encodeCompletion } from '../../wire/openai-chat/encode-completion.js';
import { type ChatStreamOptions, encodeFailure, encodeStream } from '../../wire/openai-chat/encode-stream.js';

/** The answer to one chat completion. One that was kept is called as it was when it was told first. */
export function chatFormat(body: ChatCompletionDto, outcome: Pick<Outcome, 'cache'>): AnswerFormat {
  const { model, stream, stream_options: options } = body;
  // An answer that is passed on has a head already.
  let own: { readonly id: string; readonly createdAt: number } | undefined;
  // The cache has its say before the answer's first event.
  const head = (): ChatStreamOptions => {
    const { id, createdAt } = outcome.cache ?? (own ??= { id: randomUUID(), createdAt: Date.now() });
    const customTools = customToolsOf(body as unknown as Record<string, unknown>);
    return { id: `chatcmpl-${id}`, created: Math.floor(createdAt / 1000), model, customTools, includeUsage: options?.include_usage === true };
  };
  return {
    stream: stream === true,
    frames: (events) => events.pipe(encodeStream(head())),
    body: (completion) => encodeCompletion(completion, head()),
    failure: (error) => encodeFailure(head(), error),
  };
}
