import { type Usage } from '../../kernel/usage.js';

/** The `usage` of Chat Completions. */
export interface ChatUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: {
    readonly cached_tokens: number;
    /** Of this gateway: what a CLI added to the prompt. */
    readonly scaffold_tokens?: number;
  };
  readonly completion_tokens_details: { readonly reasoning_tokens: number };
}

/** Writes `usage`; details that the provider does not count are 0, as with OpenAI. */
export function encodeUsage(usage: Usage): ChatUsage {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: { cached_tokens: usage.cachedInputTokens ?? 0, ...(usage.scaffoldTokens === undefined ? {} : { scaffold_tokens: usage.scaffoldTokens }) },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens ?? 0 },
  };
}
