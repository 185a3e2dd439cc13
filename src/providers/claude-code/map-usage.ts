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
    cacheWriteInputTokens: usage?.cache_creation_input_tokens ?? 0,
    ...(typeof reasoningTokens === 'number' ? { reasoningTokens } : {}),
  };
}

/** The figures of two calls of the API together. */
export function addUsage(one: ApiUsage | undefined, other: ApiUsage | null | undefined): ApiUsage | undefined {
  if (!one) return other ?? undefined;
  const sum = (name: 'input_tokens' | 'cache_creation_input_tokens' | 'cache_read_input_tokens' | 'output_tokens'): number => (one[name] ?? 0) + (other?.[name] ?? 0);
  return {
    input_tokens: sum('input_tokens'),
    cache_creation_input_tokens: sum('cache_creation_input_tokens'),
    cache_read_input_tokens: sum('cache_read_input_tokens'),
    output_tokens: sum('output_tokens'),
    output_tokens_details: { thinking_tokens: (one.output_tokens_details?.thinking_tokens ?? 0) + (other?.output_tokens_details?.thinking_tokens ?? 0) },
  };
}
