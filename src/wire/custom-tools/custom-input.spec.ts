import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { customArguments } from './custom-function.js';
import { CustomInput, inputOf } from './custom-input.js';

function read(pieces: readonly string[]): string {
  const input = new CustomInput();
  return pieces.map((piece) => input.push(piece)).join('') + input.end();
}

const texts = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('*** Begin Patch\n', '"\\"', '👩‍👩‍👧', '\\u0041', '\0', '}'), fc.string({ unit: 'binary' }));
const escaped = (text: string): string => text.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
/** Ways in which a model may write the same JSON. */
const written = (text: string): fc.Arbitrary<string> => fc.constantFrom(customArguments(text), JSON.stringify({ input: text }, undefined, 2), `{"input":"${escaped(text)}"}`);
const cut = (text: string, places: readonly number[]): string[] => {
  const at = [...new Set(places.map((place) => place % (text.length + 1)))].toSorted((one, other) => one - other);
  return [0, ...at].map((from, index) => text.slice(from, at[index]));
};

describe('the text of a custom tool', () => {
  it('is told as it comes, whatever is split', () => {
    fc.assert(
      fc.property(
        texts.chain((text) => fc.tuple(fc.constant(text), written(text))),
        fc.array(fc.nat(), { maxLength: 12 }),
        ([text, json], places) => {
          expect(read(cut(json, places))).toBe(text);
          expect(inputOf(json)).toBe(text);
        },
      ),
    );
  });

  it('is out before the arguments are whole', () => {
    const input = new CustomInput();
    expect([input.push('{"input": "a'), input.push('b\\'), input.push('nc'), input.push('"}'), input.end()]).toEqual(['a', 'b', '\nc', '', '']);
  });

  it('is never told by half a surrogate pair', () => {
    const [high, low] = ['\\ud83d', '\\ude00'];
    const input = new CustomInput();
    expect([input.push(`{"input":"a${high}`), input.push(low.slice(0, 3)), input.push(`${low.slice(3)}b`), input.push('"}'), input.end()]).toEqual(['a', '', '😀b', '', '']);
  });

  it.each([
    ['no JSON', 'ls -l'],
    ['another name', '{"code":"ls"}'],
    ['no text', '{"input":5}'],
    ['nothing', ''],
  ])('is all that the model wrote where it is %s', (_, json) => {
    expect(read([json])).toBe(json);
  });
});
