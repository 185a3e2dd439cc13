import { describe, expect, it } from '@jest/globals';
import { mapUsage } from './map-usage.js';

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
