import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fillPlaceholders, placeholdersIn } from './placeholders.js';
import { renderTemplate } from './render-template.js';

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/);
const blanks = fc.stringMatching(/^[ \t]{0,3}$/);
/** Text that is no place and makes none together with its neighbours. */
const text = fc.string({ unit: 'binary' }).map((drawn) => drawn.replaceAll(/[{}]/g, ''));
const value = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('{{a}}', '{{', '$&', '$1', '\\'), fc.integer(), fc.boolean());
const render = (template: string, variables: unknown, maxBytes = 1_000_000): string => renderTemplate({ template, system: undefined }, variables, maxBytes).text;

describe(renderTemplate.name, () => {
  it('puts each value into its places, and leaves the text as it is', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, blanks, name, blanks), { maxLength: 8 }), text, fc.func(value), (places, rest, valueOf) => {
        const variables = Object.fromEntries(places.map(([, , each]) => [each, valueOf(each)]));
        const template = places.map(([before, left, each, right]) => `${before}{{${left}${each}${right}}}`).join('') + rest;
        expect(render(template, variables)).toBe(places.map(([before, , each]) => before + String(variables[each])).join('') + rest);
        expect(placeholdersIn(template)).toEqual([...new Set(places.map(([, , each]) => each))]);
      }),
    );
  });

  it('takes any text without a place as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('{', '}', 'a', ' ', '1', '-', '\n', '$') }), (drawn) => {
        fc.pre(placeholdersIn(drawn).length === 0);
        expect(render(drawn, {})).toBe(drawn);
      }),
    );
  });

  it.each([
    ['one pass', '{{a}}', { a: '{{b}}', b: 'never' }, '{{b}}'],
    ['what two values make together is text', '{{a}}{{b}}', { a: '{{', b: 'c}}', c: 'never' }, '{{c}}'],
    ['braces around it stay', '{"q": {{{n}}}}', { n: 1 }, '{"q": {1}}'],
    ['no name', '{{1a}} {{}} {{a b}} {{ a\n}} {a}', { a: 'x' }, '{{1a}} {{}} {{a b}} {{ a\n}} {a}'],
    ['names of 64 characters, and no longer', `{{${'n'.repeat(64)}}}{{${'n'.repeat(65)}}}`, { ['n'.repeat(64)]: 'x' }, `x{{${'n'.repeat(65)}}}`],
    ['false, 0 and an empty text', '[{{a}}{{b}}{{c}}]', { a: false, b: 0, c: '' }, '[false0]'],
    ['names that objects have', '{{constructor}}{{toString}}{{__proto__}}', JSON.parse('{"constructor": "a", "toString": "b", "__proto__": "c"}'), 'abc'],
    ['what it has no place for', '{{a}}', { a: 1, typo: 'x' }, '1'],
    ['half a character', '{{a}}', { a: '\ud83d' }, '\ufffd'],
  ])('%s', (_, template, variables, rendered) => {
    expect(render(template, variables)).toBe(rendered);
  });

  it.each([
    ['a missing value', '{{a}} {{b}}', { a: 1 }, 'variables.b'],
    ['one that only objects have', '{{toString}}', {}, 'variables.toString'],
    ['no values', '{{a}}', undefined, 'variables.a'],
    ['null', '{{a}}', { a: null }, 'variables.a'],
    ['an object, also where there is no place for it', '', { a: {} }, 'variables.a'],
    ['a list', '{{a}}', { a: ['x'] }, 'variables.a'],
    ['variables that are none', '{{a}}', ['x'], 'variables'],
    ['a text', '{{a}}', 'x', 'variables'],
  ])('names what is wrong: %s', (_, template, variables, param) => {
    expect(() => render(template, variables)).toThrow(expect.objectContaining({ code: 'invalid_parameter', param }));
  });

  it('never makes more than it may', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat({ max: 20 }), fc.nat({ max: 400 }), (each, count, max) => {
        const template = 'ä{{v}}'.repeat(count);
        const whole = fillPlaceholders(template, () => each);
        if (Buffer.byteLength(whole) <= max) expect(render(template, { v: each }, max)).toBe(whole);
        else expect(() => render(template, { v: each }, max)).toThrow(expect.objectContaining({ code: 'payload_too_large' }));
      }),
    );
    expect(() => render('{{v}}'.repeat(50_000), { v: 'x'.repeat(1_000_000) })).toThrow(expect.objectContaining({ code: 'payload_too_large' }));
  });

  it('counts the system text with it', () => {
    const both = { template: '{{a}}', system: 'be {{a}}' };
    expect(renderTemplate(both, { a: 'x' }, 5)).toEqual({ text: 'x', system: 'be x' });
    expect(() => renderTemplate(both, { a: 'x' }, 4)).toThrow(expect.objectContaining({ code: 'payload_too_large' }));
  });

  it.each(['{', '{{', '{{ ', '{{ \t', '{{a', '{{a ', '}}'])('does not run away with %j', (piece) => {
    const long = piece.repeat(200_000 / piece.length);
    expect(render(long, {})).toBe(long);
    expect(render(`{{${' '.repeat(200_000)}`, {})).toHaveLength(200_002);
  });
});
