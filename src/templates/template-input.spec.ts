import { describe, expect, it } from '@jest/globals';
import { isTemplateName, parseTemplate } from './template-input.js';
import { type JsonObject } from '../wire/value-reader.js';

describe(parseTemplate.name, () => {
  it.each<[string, JsonObject, string]>([
    ['no text', {}, 'template'],
    ['an empty one', { template: ' \n' }, 'template'],
    ['a text that is none', { template: 1 }, 'template'],
    ['one that is too long', { template: 'ä'.repeat(140_000) }, 'template'],
    ['a system text that is none', { template: 'x', system: {} }, 'system'],
    ['one that is too long', { template: 'x', system: 'x'.repeat(262_145) }, 'system'],
    ['a description that is too long', { template: 'x', description: 'x'.repeat(1025) }, 'description'],
    ['what it does not know', { template: 'x', sytem: 'x' }, 'sytem'],
    ['too many variables', { template: Array.from({ length: 101 }, (_, index) => `{{v${index}}}`).join('') }, 'template'],
  ])('refuses %s', (_, body, param) => {
    expect(() => parseTemplate(body)).toThrow(expect.objectContaining({ code: 'invalid_parameter', param }));
  });

  it('takes a text with its variables, each once, of both texts', () => {
    expect(parseTemplate({ template: '{{b}} {{a}} {{ b }}', system: '{{c}}{{a}}' })).toEqual({
      template: '{{b}} {{a}} {{ b }}',
      system: '{{c}}{{a}}',
      description: undefined,
      variables: ['b', 'a', 'c'],
    });
  });
});

describe(isTemplateName.name, () => {
  it.each(['a', '..', '__proto__', 'A-z_0.9', 'n'.repeat(64)])('takes %j', (name) => {
    expect(isTemplateName(name)).toBe(true);
  });
  it.each(['', 'a b', 'ä', 'a/b', 'a\u0000', 'a\n', 'n'.repeat(65)])('refuses %j', (name) => {
    expect(isTemplateName(name)).toBe(false);
  });
});
