import { encodeFinishReason } from './finish-reason.js';
import { type ChatUsage, encodeUsage } from './encode-usage.js';
import { inputOf } from '../custom-tools/custom-input.js';
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
  /** Which of its tools take free text. */
  readonly customTools?: ReadonlySet<string>;
}

/** OpenAI's `chat.completion` object. */
export interface ChatCompletion extends Omit<ChatCompletionHead, 'customTools'> {
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

type ChatToolCall = { readonly id: string } & (
  | { readonly type: 'function'; readonly function: { readonly name: string; readonly arguments: string } }
  | { readonly type: 'custom'; readonly custom: { readonly name: string; readonly input: string } }
);

/** Writes a whole answer. */
export function encodeCompletion(completion: Completion, { id, created, model, customTools }: ChatCompletionHead): ChatCompletion {
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
          ...(toolCalls.length === 0 ? {} : { tool_calls: toolCalls.map((call) => encodeToolCall(call, customTools?.has(call.name))) }),
        },
        logprobs: null,
        finish_reason: encodeFinishReason(completion.reason),
      },
    ],
    usage: encodeUsage(completion.usage),
  };
}

function encodeToolCall({ callId: id, name, json }: ToolCall, custom = false): ChatToolCall {
  return custom ? { id, type: 'custom', custom: { name, input: inputOf(json) } } : { id, type: 'function', function: { name, arguments: json } };
}
