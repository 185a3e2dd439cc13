import { countOf } from '../../kernel/read-value.js';
import { type Usage } from '../../kernel/usage.js';

/** Reads a vendor's `usage`; undefined where it is none. Figures that are no counts are left out. */
export function decodeUsage(value: unknown): Usage | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const usage = value as Record<string, unknown>;
  const inputTokens = countOf(usage['prompt_tokens']);
  const outputTokens = countOf(usage['completion_tokens']) ?? (inputTokens === usage['total_tokens'] ? 0 : undefined); // embeddings put nothing out
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  const cachedInputTokens = detail(usage['prompt_tokens_details'], 'cached_tokens');
  const reasoningTokens = detail(usage['completion_tokens_details'], 'reasoning_tokens');
  return {
    inputTokens,
    outputTokens,
    ...(cachedInputTokens === undefined ? {} : { cachedInputTokens }),
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
  };
}

function detail(details: unknown, name: string): number | undefined {
  return typeof details === 'object' && details !== null ? countOf((details as Record<string, unknown>)[name]) : undefined;
}
