import { encodeFinishReason } from './finish-reason.js';
import { type ChatUsage, encodeUsage } from './encode-usage.js';
import { type Completion } from '../../kernel/completion.js';
import { type ToolCall } from '../../kernel/message.js';

/** What the answer of a chat completion is called. */
export interface ChatCompletionHead {
  /** `chatcmpl-…`. */
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** The name that the client asked for. */
  readonly model: string;
}

/** OpenAI's `chat.completion` object. */
export interface ChatCompletion extends ChatCompletionHead {
  readonly object: 'chat.completion';
  readonly choices: readonly [ChatChoice];
  readonly usage: ChatUsage;
}

interface ChatChoice {
  readonly index: 0;
  readonly message: {
    readonly role: 'assistant';
    readonly content: string | null;
    readonly refusal: null;
    readonly reasoning_content?: string;
    readonly tool_calls?: readonly ChatToolCall[];
  };
  readonly logprobs: null;
  readonly finish_reason: ReturnType<typeof encodeFinishReason>;
}

interface ChatToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

/** Writes a whole answer. */
export function encodeCompletion(completion: Completion, { id, created, model }: ChatCompletionHead): ChatCompletion {
  const { text, reasoning, toolCalls } = completion;
  return {
    id,
    object: 'chat.completion',
    created,
    model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: text === '' && toolCalls.length > 0 ? null : text,
          refusal: null,
          ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
          ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls.map(encodeToolCall) }),
        },
        logprobs: null,
        finish_reason: encodeFinishReason(completion.reason),
      },
    ],
    usage: encodeUsage(completion.usage),
  };
}

function encodeToolCall({ callId, name, json }: ToolCall): ChatToolCall {
  return { id: callId, type: 'function', function: { name, arguments: json } };
}
