import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { findJson } from './find-json.js';

describe(findJson.name, () => {
  it.each<[string, string, readonly string[]]>([
    ['the text itself', ' {"a": 1}\n', ['{"a": 1}']],
    ['a scalar', '"yes"', ['"yes"']],
    ['a fence', '```json\n{"a": 1}\n```', ['{"a": 1}']],
    ['a fence without a language', '```\n[1]\n```', ['[1]']],
    ['a fence on one line', '```{"a":1}```', ['{"a":1}']],
    ['words and a fence', 'Here it is:\n```json\n{"a":1}\n```\nThat is {it}.', ['{"a":1}']],
    ['a fence within a string', '```json\n{"code":"```js\\nx```"}\n```', ['{"code":"```js\\nx```"}']],
    ['words around', 'Sure! {"a":{"b":"}"}} Anything else?', ['{"a":{"b":"}"}}']],
    ['braces in the words', 'As {asked}: {"a":1}', ['{"a":1}']],
    ['a reference before it', 'As in [1], it is {"a":1}', ['[1]', '{"a":1}']],
    ['the same twice', '{"a":1} or {"a":1}', ['{"a":1}']],
    ['two values', '{"a":1}\n{"a":2}', ['{"a":1}', '{"a":2}']],
    ['numbers as they were written', '{"n":12345678901234567890.10}', ['{"n":12345678901234567890.10}']],
    ['a value within one that is broken', '{"a":{"b":1},}', []],
    ['a value within one that is cut', '{"a":{"b":1}', []],
    ['a string that does not end', '{"a":"x}', []],
    ['words', 'I cannot do that.', []],
    ['nothing', '', []],
  ])('%s', (_, text, expected) => {
    expect(findJson(text)).toEqual(expected);
  });

  const container = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue()));
  const words = fc.stringMatching(/^[a-z .:!\n]{0,30}$/);
  it('finds any value between words or fences, as it was written', () => {
    fc.assert(
      fc.property(container, fc.constantFrom(0, 2), words, words, fc.boolean(), (value, indent, before, after, fenced) => {
        const json = JSON.stringify(value, undefined, indent);
        expect(findJson(fenced ? `${before}\n\`\`\`json\n${json}\n\`\`\`\n${after}` : `${before}${json}${after}`)).toEqual([json]);
      }),
    );
  });

  it('gives nothing that is no JSON, whatever it is given, and takes no long time', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', '`', '```', 'a', '1', ',', ':') }), (text) => {
        for (const json of findJson(text)) expect(() => void JSON.parse(json)).not.toThrow();
      }),
    );
    const began = performance.now();
    for (const hard of ['{', '[', '"', '```', '{"', '\\"', '{}']) findJson(hard.repeat(200_000));
    expect(performance.now() - began).toBeLessThan(5000);
  });
});
