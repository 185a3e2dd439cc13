import { countOf } from '../../kernel/read-value.js';
import { type Usage } from '../../kernel/usage.js';

type Figures = Readonly<Record<string, unknown>>;

/** Reads a vendor's `usage`; undefined where it is none. Figures that are no counts are left out. */
export function decodeUsage(value: unknown): Usage | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const usage = value as Figures;
  const inputTokens = countOf(usage['prompt_tokens']);
  const outputTokens = inputTokens === undefined ? undefined : countedOutput(usage, inputTokens);
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  const prompt = detailsOf(usage['prompt_tokens_details']);
  const cachedInputTokens = first(prompt['cached_tokens'], usage['cached_tokens'], usage['prompt_cache_hit_tokens']);
  const cacheWriteInputTokens = countOf(prompt['cache_write_tokens']);
  const reasoningTokens = countOf(detailsOf(usage['completion_tokens_details'])['reasoning_tokens']);
  return {
    inputTokens,
    outputTokens,
    ...(cachedInputTokens === undefined ? {} : { cachedInputTokens }),
    ...(cacheWriteInputTokens === undefined ? {} : { cacheWriteInputTokens }),
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
  };
}

/** There is no prompt without a token: whoever tells nothing but zeros has not counted. */
function countedOutput(usage: Figures, inputTokens: number): number | undefined {
  const output = outputOf(usage, inputTokens);
  return inputTokens === 0 && output === 0 ? undefined : output;
}

/** xAI and Google leave what was thought out of `completion_tokens`, not out of the total: it is billed as the rest of the answer. Embeddings put nothing out. */
function outputOf(usage: Figures, inputTokens: number): number | undefined {
  const total = countOf(usage['total_tokens']);
  const told = countOf(usage['completion_tokens']);
  if (told === undefined) return total === inputTokens ? 0 : undefined;
  return total === undefined ? told : Math.max(told, total - inputTokens);
}

/** The cached part by the names of OpenAI, Moonshot and DeepSeek. */
function first(...figures: readonly unknown[]): number | undefined {
  return figures.map(countOf).find((count) => count !== undefined);
}

function detailsOf(value: unknown): Figures {
  return typeof value === 'object' && value !== null ? (value as Figures) : {};
}
