import { describe, expect, it } from '@jest/globals';
import { usageOf } from './map-usage.js';

describe(usageOf.name, () => {
  it.each([
    ['a first turn', { inputTokens: 10, outputTokens: 3, cachedInputTokens: 2, reasoningOutputTokens: 1 }, {}, [10, 3, 2, 1]],
    ['a later one', { inputTokens: 25, outputTokens: 9, cachedInputTokens: 12 }, { inputTokens: 10, outputTokens: 3, cachedInputTokens: 2 }, [15, 6, 10, 0]],
    ['no figures', {}, {}, [0, 0, 0, 0]],
    ['a count that went back', { inputTokens: 5 }, { inputTokens: 10 }, [0, 0, 0, 0]],
  ])('%s', (_, after, before, [inputTokens, outputTokens, cachedInputTokens, reasoningTokens]) => {
    expect(usageOf(after, before)).toEqual({ inputTokens, outputTokens, cachedInputTokens, reasoningTokens });
  });

  it('tells what was written to the cache, where the CLI does', () => {
    const before = { inputTokens: 10, outputTokens: 1, cacheWriteInputTokens: 6 };
    expect(usageOf({ inputTokens: 30, outputTokens: 3, cacheWriteInputTokens: 14 }, before)).toMatchObject({ inputTokens: 20, outputTokens: 2, cacheWriteInputTokens: 8 });
  });
});
