import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inputLines } from './input-lines.js';

async function linesOf(...pieces: string[]): Promise<[number, string][]> {
  async function* source(): AsyncGenerator<string> {
    for (const piece of pieces) yield await Promise.resolve(piece);
  }
  const lines: [number, string][] = [];
  for await (const { number, text } of inputLines(source())) lines.push([number, text]);
  return lines;
}

describe('the lines of an input', () => {
  it.each<[string, [number, string][]]>([
    ['', []],
    ['a', [[1, 'a']]],
    ['a\n', [[1, 'a']]],
    [
      '\ufeffa\r\nb\r\n',
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    [
      '\n\n \t\na\n\nb',
      [
        [4, 'a'],
        [6, 'b'],
      ],
    ],
    ['\ufeff\n', []],
  ])('%j', async (text, lines) => {
    expect(await linesOf(text)).toEqual(lines);
  });

  it('are the same however they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n', '\r', ' ', 'ä') }), { maxLength: 12 }), async (pieces) => {
        const whole = pieces
          .join('')
          .split('\n')
          .map((text, index): [number, string] => [index + 1, text.trim()])
          .filter(([, text]) => text !== '');
        expect(await linesOf(...pieces)).toEqual(whole);
      }),
      { numRuns: 100 },
    );
  });

  it('may be long, and let others come between', async () => {
    let turns = 0;
    const count = setInterval(() => (turns += 1), 0);
    const lines = await linesOf(...Array.from({ length: 200 }, () => 'x'.repeat(65_536)), '\nend');
    clearInterval(count);
    expect(lines.map(([number, { length }]) => [number, length])).toEqual([
      [1, 200 * 65_536],
      [2, 3],
    ]);
    expect(turns).toBeGreaterThan(0);
  });
});
