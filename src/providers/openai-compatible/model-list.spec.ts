import { describe, expect, it } from '@jest/globals';
import { type ListAnswer, ModelList } from './model-list.js';

function listOf(answers: (ListAnswer | Error)[]): { list: ModelList; pass: (ms: number) => Promise<void>; asked: () => number } {
  let now = 0;
  let asked = 0;
  const read = (): Promise<ListAnswer> => {
    const answer = answers[Math.min(asked, answers.length - 1)]!;
    asked += 1;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const list = new ModelList(
    read,
    { ageMs: 1000, retryMs: 100, timeoutMs: 1000 },
    () => undefined,
    () => now,
  );
  return {
    list,
    asked: () => asked,
    pass: async (ms) => {
      now += ms;
      list.touch();
      await new Promise((settled) => setImmediate(settled));
    },
  };
}

describe(ModelList.name, () => {
  it('is asked for in the background, and again when it has grown old', async () => {
    const { list, pass, asked } = listOf([['a'], ['a', 'b']]);
    expect([list.models, list.state, asked()]).toEqual([[], undefined, 0]);
    await pass(0);
    expect([list.models, list.state]).toEqual([['a'], 'listed']);
    await pass(500);
    expect(asked()).toBe(1);
    await pass(600);
    expect(list.models).toEqual(['a', 'b']);
  });

  it('survives an outage, which it looks at more often', async () => {
    const { list, pass, asked } = listOf([['a'], new Error('down'), ['c']]);
    await pass(0);
    await pass(1001);
    expect([list.models, list.state, list.present]).toEqual([['a'], 'unreachable', false]);
    await pass(101);
    expect([list.models, list.present, asked()]).toEqual([['c'], true, 3]);
  });

  it.each<[ListAnswer, string]>([
    ['refused', 'refused'],
    ['unlisted', 'unlisted'],
  ])('%s keeps what was known', async (answer, state) => {
    const { list, pass } = listOf([['a'], answer]);
    await pass(0);
    await pass(1001);
    expect([list.models, list.state, list.present]).toEqual([['a'], state, false]);
  });

  it('asks once for all who come', async () => {
    const { list, asked } = listOf([['a']]);
    await Promise.all([list.refresh(), list.refresh(), list.refresh()]);
    expect(asked()).toBe(1);
  });
});
