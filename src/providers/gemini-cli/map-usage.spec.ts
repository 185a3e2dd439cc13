import { describe, expect, it } from '@jest/globals';
import { mapUsage } from './map-usage.js';

const tokens = { input: 50, output: 3, cached: 40, thoughts: 9 };

describe(mapUsage.name, () => {
  it('takes what was cached and thought from the notes of the same turn', () => {
    expect(mapUsage({ inputTokens: 50, outputTokens: 3 }, tokens)).toEqual({ inputTokens: 50, outputTokens: 12, cachedInputTokens: 40, reasoningTokens: 9 });
  });

  it.each([undefined, { ...tokens, input: 51 }, { ...tokens, output: 4 }])('keeps what was told beside %j', (other) => {
    expect(mapUsage({ inputTokens: 50, outputTokens: 3 }, other)).toEqual({ inputTokens: 50, outputTokens: 3 });
  });

  it('makes up nothing', () => {
    expect(mapUsage(undefined, tokens)).toBeUndefined();
  });
});
