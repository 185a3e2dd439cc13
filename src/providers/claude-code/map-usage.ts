import { type ApiUsage } from './decode-line.js';
import { countOf } from '../../kernel/read-value.js';
import { type PromptTokens, type Usage } from '../../kernel/usage.js';

/** Anthropic counts the cached part of a prompt beside the rest of it; ours is the whole. */
export function promptTokens(usage: ApiUsage | null | undefined): PromptTokens {
  const cachedInputTokens = count(usage?.cache_read_input_tokens);
  const cacheWriteInputTokens = count(usage?.cache_creation_input_tokens);
  return { inputTokens: count(usage?.input_tokens) + cachedInputTokens + cacheWriteInputTokens, cachedInputTokens, cacheWriteInputTokens };
}

export function mapUsage(usage: ApiUsage | null | undefined): Usage {
  const reasoningTokens = countOf(usage?.output_tokens_details?.thinking_tokens);
  return { ...promptTokens(usage), outputTokens: count(usage?.output_tokens), ...(reasoningTokens === undefined ? {} : { reasoningTokens }) };
}

/**
 * What is known of one call of the API after its next event. The figures are those of the call so far: they never fall, but some servers tell the prompt's at the
 * beginning alone, some at the end alone.
 */
export function laterUsage(before: ApiUsage | null | undefined, after: ApiUsage | null | undefined): ApiUsage | undefined {
  if (!before || !after) return after ?? before ?? undefined;
  const thinking = highest(before.output_tokens_details?.thinking_tokens, after.output_tokens_details?.thinking_tokens);
  return {
    input_tokens: highest(before.input_tokens, after.input_tokens),
    cache_creation_input_tokens: highest(before.cache_creation_input_tokens, after.cache_creation_input_tokens),
    cache_read_input_tokens: highest(before.cache_read_input_tokens, after.cache_read_input_tokens),
    output_tokens: highest(before.output_tokens, after.output_tokens),
    ...(thinking === undefined ? {} : { output_tokens_details: { thinking_tokens: thinking } }),
  };
}

/** The figures of two calls of the API together. */
export function addUsage(one: ApiUsage | undefined, other: ApiUsage | null | undefined): ApiUsage | undefined {
  if (!one || !other) return one ?? other ?? undefined;
  const sum = (name: 'input_tokens' | 'cache_creation_input_tokens' | 'cache_read_input_tokens' | 'output_tokens'): number => count(one[name]) + count(other[name]);
  return {
    input_tokens: sum('input_tokens'),
    cache_creation_input_tokens: sum('cache_creation_input_tokens'),
    cache_read_input_tokens: sum('cache_read_input_tokens'),
    output_tokens: sum('output_tokens'),
    output_tokens_details: { thinking_tokens: count(one.output_tokens_details?.thinking_tokens) + count(other.output_tokens_details?.thinking_tokens) },
  };
}

function highest(one: unknown, other: unknown): number | undefined {
  const counts = [countOf(one), countOf(other)].filter((figure) => figure !== undefined);
  return counts.length === 0 ? undefined : Math.max(...counts);
}

function count(value: unknown): number {
  return countOf(value) ?? 0;
}
