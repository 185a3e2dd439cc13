import { describe, expect, it } from '@jest/globals';
import { restOf, sumOf } from './spent.js';
import { type StreamEvent } from '../../kernel/stream-event.js';

const end = (inputTokens: number, outputTokens: number): StreamEvent => ({ type: 'stream-end', reason: 'tool-calls', usage: { inputTokens, outputTokens, estimated: true } });

describe(sumOf.name, () => {
  it('is what the client was told so far', () => {
    expect(sumOf(undefined, [])).toEqual({ inputTokens: 0, outputTokens: 0 });
    expect(sumOf(sumOf(undefined, [end(3, 4)]), [{ type: 'text-end', block: 0 }, end(5, 6)])).toEqual({ inputTokens: 8, outputTokens: 10 });
  });
});

describe(restOf.name, () => {
  const told = { inputTokens: 100, outputTokens: 20, cachedInputTokens: 90, reasoningTokens: 5 };
  it.each([
    [undefined, told],
    [
      { inputTokens: 30, outputTokens: 5 },
      { inputTokens: 70, outputTokens: 15, cachedInputTokens: 70, reasoningTokens: 5 },
    ],
    [
      { inputTokens: 300, outputTokens: 18 },
      { inputTokens: 0, outputTokens: 2, cachedInputTokens: 0, reasoningTokens: 2 },
    ],
  ])('beside %j', (spent, rest) => {
    expect(restOf(told, spent)).toEqual(rest);
  });

  it('makes nothing up', () => {
    expect(restOf({ inputTokens: 2, outputTokens: 2 }, { inputTokens: 1, outputTokens: 1 })).toEqual({ inputTokens: 1, outputTokens: 1 });
  });
});
