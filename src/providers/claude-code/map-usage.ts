import { type ApiUsage } from './decode-line.js';
import { type Usage } from '../../kernel/usage.js';

/** Anthropic counts the cached part of a prompt beside the rest of it; ours is the whole. */
export function inputTokens(usage: ApiUsage | null | undefined): number {
  return (usage?.input_tokens ?? 0) + (usage?.cache_creation_input_tokens ?? 0) + (usage?.cache_read_input_tokens ?? 0);
}

export function mapUsage(usage: ApiUsage | null | undefined): Usage {
  const reasoningTokens = usage?.output_tokens_details?.thinking_tokens;
  return {
    inputTokens: inputTokens(usage),
    outputTokens: usage?.output_tokens ?? 0,
    cachedInputTokens: usage?.cache_read_input_tokens ?? 0,
    ...(typeof reasoningTokens === 'number' ? { reasoningTokens } : {}),
  };
}
