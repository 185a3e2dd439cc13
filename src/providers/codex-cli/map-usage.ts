import { type TokenCounts } from './protocol.js';
import { countOf } from '../../kernel/read-value.js';
import { type Usage } from '../../kernel/usage.js';

/** What a turn cost: the thread's count after it less that before it. */
export function usageOf(after: TokenCounts, before: TokenCounts): Usage {
  const of = (name: keyof TokenCounts): number => Math.max(0, (countOf(after[name]) ?? 0) - (countOf(before[name]) ?? 0));
  return {
    inputTokens: of('inputTokens'),
    outputTokens: of('outputTokens'),
    cachedInputTokens: of('cachedInputTokens'),
    ...(after.cacheWriteInputTokens === undefined ? {} : { cacheWriteInputTokens: of('cacheWriteInputTokens') }),
    reasoningTokens: of('reasoningOutputTokens'),
  };
}
