import { describe, expect, it } from '@jest/globals';
import { sumUsage } from './sum-usage.js';

describe(sumUsage.name, () => {
  it.each([
    ['plain', { inputTokens: 1, outputTokens: 2 }, { inputTokens: 3, outputTokens: 4 }, { inputTokens: 4, outputTokens: 6 }],
    [
      'every figure',
      { inputTokens: 1, outputTokens: 1, cachedInputTokens: 1, reasoningTokens: 2 },
      { inputTokens: 1, outputTokens: 1, cachedInputTokens: 3, cacheWriteInputTokens: 5 },
      { inputTokens: 2, outputTokens: 2, cachedInputTokens: 4, reasoningTokens: 2, cacheWriteInputTokens: 5 },
    ],
    ['a guess', { inputTokens: 1, outputTokens: 1, estimated: true }, { inputTokens: 1, outputTokens: 1 }, { inputTokens: 2, outputTokens: 2, estimated: true }],
  ])('%s', (_, one, other, sum) => {
    expect(sumUsage(one, other)).toEqual(sum);
    expect(sumUsage(other, one)).toEqual(sum);
  });
});
