import { describe, expect, it } from '@jest/globals';
import { PromptCost } from './prompt-cost.js';

const note = (id: string, more: object = {}): { id: string; input: number; output: number; cached: number; thoughts: number } => ({
  ...{ id, input: 50, output: 3, cached: 40, thoughts: 9 },
  ...more,
});
const usage = { inputTokens: 50, outputTokens: 12, cachedInputTokens: 40, reasoningTokens: 9 };
const nothing = { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0, reasoningTokens: 0 };

describe(PromptCost.name, () => {
  it('takes what was cached and thought from the notes of the same turn', () => {
    expect(new PromptCost().ofEnd({ inputTokens: 50, outputTokens: 3 }, [note('a')])).toEqual(usage);
  });

  it('leaves out what the notes still hold of another turn', () => {
    expect(new PromptCost().ofEnd({ inputTokens: 50, outputTokens: 3 }, [note('old', { input: 7 }), note('a')])).toEqual(usage);
  });

  it.each([[[]], [[note('a', { input: 51 })]], [[note('a', { output: 4 })]]])('keeps what was told beside %j', (notes) => {
    expect(new PromptCost().ofEnd({ inputTokens: 50, outputTokens: 3 }, notes)).toEqual({ inputTokens: 50, outputTokens: 3 });
  });

  it('makes up nothing', () => {
    expect(new PromptCost().ofEnd(undefined, [])).toBeUndefined();
    expect(new PromptCost().ofCall([])).toBeUndefined();
    expect(new PromptCost().ofEnd(undefined, [note('a')])).toEqual(usage);
  });

  it('tells each answer of the vendor once, whatever calls it holds and whatever the CLI asked on its own', () => {
    const cost = new PromptCost();
    expect(cost.ofCall([note('a')])).toEqual(usage);
    expect(cost.ofCall([note('a')])).toEqual(nothing);
    expect(cost.ofCall([])).toEqual(nothing);
    expect(cost.ofCall([note('a'), note('b'), note('c')])).toEqual({ inputTokens: 100, outputTokens: 24, cachedInputTokens: 80, reasoningTokens: 18 });
    expect(cost.ofEnd({ inputTokens: 210, outputTokens: 13 }, [note('c'), note('d', { input: 60, output: 4, cached: 1, thoughts: 0 })])).toEqual({
      inputTokens: 60,
      outputTokens: 4,
      cachedInputTokens: 1,
      reasoningTokens: 0,
    });
  });

  it('tells the rest of what was told where the last answer was not noted', () => {
    const cost = new PromptCost();
    cost.ofCall([note('a')]);
    expect(cost.ofEnd({ inputTokens: 110, outputTokens: 7 }, [])).toEqual({ inputTokens: 60, outputTokens: 4 });
    expect(cost.ofEnd({ inputTokens: 1, outputTokens: 1 }, [])).toMatchObject({ inputTokens: 0, outputTokens: 0 });
  });
});
