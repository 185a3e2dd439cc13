import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { javascriptLiteral, jsonLiteral, pythonLiteral } from './literal.ts';

const values = fc.jsonValue({ maxDepth: 4, stringUnit: 'grapheme' });

describe('literals', () => {
  it('mean in JavaScript what they were made of', () => {
    fc.assert(
      fc.property(values, (value) => {
        // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- the point of it
        expect(JSON.stringify(new Function(`return ${javascriptLiteral(value)};`)())).toBe(JSON.stringify(value));
      }),
    );
  });

  it('mean the same as JSON', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(JSON.stringify(JSON.parse(jsonLiteral(value)))).toBe(JSON.stringify(value));
      }),
    );
  });

  it.each([
    ['it\'s "so" \\', "'it\\'s \"so\" \\\\'"],
    [{ a: 1, 'b-c': null }, "{ a: 1, 'b-c': null }"],
    [JSON.parse('{"__proto__": 1}'), "{ ['__proto__']: 1 }"],
    [[], '[]'],
  ])('writes %j as one would', (value, text) => {
    expect(javascriptLiteral(value)).toBe(text);
  });

  it('breaks what is too long for a line, with the steps of the language', () => {
    const long = { messages: [{ role: 'user', content: 'x'.repeat(70) }] };
    expect(javascriptLiteral(long)).toBe(`{\n  messages: [\n    {\n      role: 'user',\n      content: '${'x'.repeat(70)}',\n    },\n  ],\n}`);
    expect(pythonLiteral([true, null, false, 'x'.repeat(80)], '  ')).toBe(`[\n      True,\n      None,\n      False,\n      "${'x'.repeat(80)}",\n  ]`);
  });
});
