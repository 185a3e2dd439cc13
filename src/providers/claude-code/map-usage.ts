import { type ApiUsage } from './decode-line.js';
import { countOf } from '../../kernel/read-value.js';
import { type Usage } from '../../kernel/usage.js';

/** Anthropic counts the cached part of a prompt beside the rest of it; ours is the whole. */
export function inputTokens(usage: ApiUsage | null | undefined): number {
  return count(usage?.input_tokens) + count(usage?.cache_creation_input_tokens) + count(usage?.cache_read_input_tokens);
}

export function mapUsage(usage: ApiUsage | null | undefined): Usage {
  const reasoningTokens = countOf(usage?.output_tokens_details?.thinking_tokens);
  return {
    inputTokens: inputTokens(usage),
    outputTokens: count(usage?.output_tokens),
    cachedInputTokens: count(usage?.cache_read_input_tokens),
    cacheWriteInputTokens: count(usage?.cache_creation_input_tokens),
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
  };
}

/** The figures of two calls of the API together. */
export function addUsage(one: ApiUsage | undefined, other: ApiUsage | null | undefined): ApiUsage | undefined {
  if (!one) return other ?? undefined;
  const sum = (name: 'input_tokens' | 'cache_creation_input_tokens' | 'cache_read_input_tokens' | 'output_tokens'): number => count(one[name]) + count(other?.[name]);
  return {
    input_tokens: sum('input_tokens'),
    cache_creation_input_tokens: sum('cache_creation_input_tokens'),
    cache_read_input_tokens: sum('cache_read_input_tokens'),
    output_tokens: sum('output_tokens'),
    output_tokens_details: { thinking_tokens: count(one.output_tokens_details?.thinking_tokens) + count(other?.output_tokens_details?.thinking_tokens) },
  };
}

function count(value: unknown): number {
  return countOf(value) ?? 0;
}
