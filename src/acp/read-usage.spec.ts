import { describe, expect, it } from '@jest/globals';
import { readUsage } from './read-usage.js';

describe(readUsage.name, () => {
  it.each<[string, unknown, unknown]>([
    ['the draft', { usage: { totalTokens: 15, inputTokens: 12, outputTokens: 3 } }, { inputTokens: 12, outputTokens: 3 }],
    [
      'a cache beside the rest of the prompt',
      { usage: { totalTokens: 173, inputTokens: 120, cachedReadTokens: 40, cachedWriteTokens: 10, outputTokens: 3, thoughtTokens: 1 } },
      { inputTokens: 170, outputTokens: 3, cachedInputTokens: 40, cacheWriteInputTokens: 10, reasoningTokens: 1 },
    ],
    [
      'a cache within the prompt',
      { usage: { totalTokens: 123, inputTokens: 120, cachedReadTokens: 40, outputTokens: 3 } },
      { inputTokens: 120, outputTokens: 3, cachedInputTokens: 40 },
    ],
    ["Gemini's", { _meta: { quota: { token_count: { input_tokens: 125, output_tokens: 3 } } } }, { inputTokens: 125, outputTokens: 3 }],
    [
      'the draft before anything else',
      { usage: { inputTokens: 1, outputTokens: 2 }, _meta: { quota: { token_count: { input_tokens: 9, output_tokens: 9 } } } },
      { inputTokens: 1, outputTokens: 2 },
    ],
    ['no figures', { stopReason: 'end_turn' }, undefined],
    ['figures that are none', { usage: { inputTokens: -1, outputTokens: 'x' } }, undefined],
    ['half of them', { usage: { inputTokens: 5, outputTokens: null } }, undefined],
    ['no object', 'x', undefined],
  ])('reads %s', (_case, raw, usage) => {
    expect(readUsage(raw)).toEqual(usage);
  });
});
