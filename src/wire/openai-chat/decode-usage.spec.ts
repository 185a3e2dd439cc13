import { describe, expect, it } from '@jest/globals';
import { decodeUsage } from './decode-usage.js';

describe(decodeUsage, () => {
  it.each([
    [
      "OpenAI's",
      { prompt_tokens: 9, completion_tokens: 5, total_tokens: 14, prompt_tokens_details: { cached_tokens: 4 }, completion_tokens_details: { reasoning_tokens: 3 } },
      { inputTokens: 9, outputTokens: 5, cachedInputTokens: 4, reasoningTokens: 3 },
    ],
    [
      'thinking beside the rest, as with xAI',
      { prompt_tokens: 12, completion_tokens: 1, total_tokens: 399, completion_tokens_details: { reasoning_tokens: 386 } },
      { inputTokens: 12, outputTokens: 387, reasoningTokens: 386 },
    ],
    ['thinking in the total alone, as with Google', { prompt_tokens: 10, completion_tokens: 20, total_tokens: 130 }, { inputTokens: 10, outputTokens: 120 }],
    [
      "OpenRouter's cache",
      { prompt_tokens: 50, completion_tokens: 2, total_tokens: 52, prompt_tokens_details: { cached_tokens: 10, cache_write_tokens: 30 } },
      { inputTokens: 50, outputTokens: 2, cachedInputTokens: 10, cacheWriteInputTokens: 30 },
    ],
    ["Moonshot's cache", { prompt_tokens: 50, completion_tokens: 2, cached_tokens: 10 }, { inputTokens: 50, outputTokens: 2, cachedInputTokens: 10 }],
    [
      "DeepSeek's cache",
      { prompt_tokens: 50, completion_tokens: 2, prompt_cache_hit_tokens: 10, prompt_cache_miss_tokens: 40 },
      { inputTokens: 50, outputTokens: 2, cachedInputTokens: 10 },
    ],
    ['of embeddings', { prompt_tokens: 8, total_tokens: 8 }, { inputTokens: 8, outputTokens: 0 }],
    ['a total that is too small', { prompt_tokens: 8, completion_tokens: 5, total_tokens: 1 }, { inputTokens: 8, outputTokens: 5 }],
    ['figures that are none', { prompt_tokens: -1, completion_tokens: 5 }, undefined],
    ['half of them', { prompt_tokens: 5, total_tokens: 9 }, undefined],
    ['nothing but zeros, as of a vendor that does not count', { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }, undefined],
    ['null', null, undefined],
    ['a word', 'many', undefined],
  ])('reads %s', (_, usage, expected) => {
    expect(decodeUsage(usage)).toEqual(expected);
  });
});
