import { describe, expect, it } from '@jest/globals';
import { laterUsage, mapUsage } from './map-usage.js';

describe('mapUsage', () => {
  it('counts the cached part as part of the prompt, and reasoning as part of the answer', () => {
    const usage = { input_tokens: 1, cache_creation_input_tokens: 20, cache_read_input_tokens: 300, output_tokens: 40, output_tokens_details: { thinking_tokens: 30 } };
    expect(mapUsage(usage)).toEqual({ inputTokens: 321, outputTokens: 40, cachedInputTokens: 300, cacheWriteInputTokens: 20, reasoningTokens: 30 });
  });

  it('takes absent and null figures as nothing', () => {
    expect(mapUsage(null)).toEqual({ inputTokens: 0, outputTokens: 0, cachedInputTokens: 0, cacheWriteInputTokens: 0 });
    expect(mapUsage({ input_tokens: null, output_tokens: 2 })).toEqual({ inputTokens: 0, outputTokens: 2, cachedInputTokens: 0, cacheWriteInputTokens: 0 });
  });
});

describe('laterUsage', () => {
  const start = { input_tokens: 9, cache_read_input_tokens: 300, cache_creation_input_tokens: 20, output_tokens: 1 };
  it.each([
    [
      'all again',
      start,
      { ...start, output_tokens: 40, output_tokens_details: { thinking_tokens: 30 } },
      { inputTokens: 329, outputTokens: 40, cachedInputTokens: 300, cacheWriteInputTokens: 20, reasoningTokens: 30 },
    ],
    ['the answer alone at the end', start, { output_tokens: 40 }, { inputTokens: 329, outputTokens: 40, cachedInputTokens: 300, cacheWriteInputTokens: 20 }],
    [
      'the prompt at the end alone',
      { input_tokens: 0, output_tokens: 0 },
      { input_tokens: 9, output_tokens: 4 },
      { inputTokens: 9, outputTokens: 4, cachedInputTokens: 0, cacheWriteInputTokens: 0 },
    ],
    ['nothing at the beginning', undefined, { input_tokens: 9, output_tokens: 4 }, { inputTokens: 9, outputTokens: 4, cachedInputTokens: 0, cacheWriteInputTokens: 0 }],
    ['nothing at the end', start, null, { inputTokens: 329, outputTokens: 1, cachedInputTokens: 300, cacheWriteInputTokens: 20 }],
    ['what is no count', start, { input_tokens: 'x', output_tokens: -3 }, { inputTokens: 329, outputTokens: 1, cachedInputTokens: 300, cacheWriteInputTokens: 20 }],
  ])('takes each figure once where a server tells %s', (_, before, after, expected) => {
    expect(mapUsage(laterUsage(before, after))).toEqual(expected);
  });
});
