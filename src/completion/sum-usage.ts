import { type Usage } from '../kernel/usage.js';

const optional = ['cachedInputTokens', 'cacheWriteInputTokens', 'reasoningTokens', 'scaffoldTokens'] as const;

/** The tokens of two turns together: a guess where either is one. */
export function sumUsage(one: Usage, other: Usage): Usage {
  const sum: { -readonly [K in keyof Usage]: Usage[K] } = { inputTokens: one.inputTokens + other.inputTokens, outputTokens: one.outputTokens + other.outputTokens };
  for (const figure of optional) if (one[figure] !== undefined || other[figure] !== undefined) sum[figure] = (one[figure] ?? 0) + (other[figure] ?? 0);
  if (one.estimated === true || other.estimated === true) sum.estimated = true;
  return sum;
}
