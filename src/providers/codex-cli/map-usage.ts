import { type TokenCounts } from './protocol.js';
import { type Usage } from '../../kernel/usage.js';

/** What a turn cost: the thread's count after it less that before it. */
export function usageOf(after: TokenCounts, before: TokenCounts): Usage {
  const of = (name: keyof TokenCounts): number => Math.max(0, (after[name] ?? 0) - (before[name] ?? 0));
  return { inputTokens: of('inputTokens'), outputTokens: of('outputTokens'), cachedInputTokens: of('cachedInputTokens'), reasoningTokens: of('reasoningOutputTokens') };
}
