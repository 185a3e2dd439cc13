import { describe, expect, it } from '@jest/globals';
import { Prices } from './prices.js';
import { ConfigFile } from '../config/config-file.js';
import { readConfig } from '../config/config-reader.js';
import { type Usage } from '../kernel/usage.js';

const file = (prices: string): ConfigFile => new ConfigFile({ read: () => readConfig(`prices: { ${prices} }`, 'f'), candidates: [] });
const million: Usage = { inputTokens: 1e6, outputTokens: 1e6 };

describe(Prices.name, () => {
  const list = '"*/*": { input: 1, output: 0 }, "openai/*": { input: 2, output: 0 }, "openai/gpt-4*": { input: 3, output: 0 }, "openai/gpt-4o": { input: 4, output: 0 }';

  it.each([
    ['openai/gpt-4o', undefined, 4],
    ['openai/gpt-4o-mini', undefined, 3],
    ['openai/o3', undefined, 2],
    ['claude/opus', undefined, 1],
    // The model has another name when it runs: the more exact of both counts.
    ['openai/latest', 'gpt-4o', 4],
    ['openai/gpt-4o', 'gpt-4o-2026-01-01', 4],
    ['openai/gpt-4o', 'gpt-4o', 4],
  ])('%s, running as %s, costs what the most exact pattern says', (target, running, dollars) => {
    const [provider = '', model = ''] = target.split('/');
    expect(new Prices(file(list)).costOf({ provider, model }, running, million)).toBe(dollars * 1e9);
  });

  it('has a price of its own for what was read from a cache, where there is one', () => {
    const prices = new Prices(file('"a/x": { input: 5, output: 25, cached_input: 0.5 }, "a/y": { input: 5, output: 25 }'));
    const usage: Usage = { inputTokens: 1000, cachedInputTokens: 400, outputTokens: 10 };
    expect(prices.costOf({ provider: 'a', model: 'x' }, undefined, usage)).toBe(1000 * (600 * 5 + 400 * 0.5 + 10 * 25));
    expect(prices.costOf({ provider: 'a', model: 'y' }, undefined, usage)).toBe(1000 * (1000 * 5 + 10 * 25));
    expect(prices.costOf({ provider: 'a', model: 'x' }, undefined, { inputTokens: 1, cachedInputTokens: 9, outputTokens: 0 })).toBe(500);
  });

  it('knows none of a model that nobody named, and takes a change of the file', () => {
    const changing = file('"a/x": { input: 5, output: 25 }');
    const prices = new Prices(changing);
    const costOf = (model: string): number | undefined => prices.costOf({ provider: 'a', model }, undefined, million);
    expect([costOf('x'), costOf('y')]).toEqual([30e9, undefined]);
    changing.adopt(readConfig('prices: { "a/y": { input: 1, output: 1 } }', 'f'));
    expect([costOf('x'), costOf('y')]).toEqual([undefined, 2e9]);
  });
});
