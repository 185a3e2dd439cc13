import { describe, expect, it } from '@jest/globals';
import { readSchema, readTools } from './written-json.ts';

describe(readTools, () => {
  const described = { name: 'get_weather', description: 'Weather', parameters: { type: 'object' } };
  it.each([
    ['one function', described],
    ['a list of them', [described]],
    ['as OpenAI has them', [{ type: 'function', function: described }]],
  ])('takes %s', (_, value) => {
    expect(readTools(JSON.stringify(value))).toEqual({ value: [{ type: 'function', function: described }] });
  });

  it.each([
    ['[{"name": "a"}, {"name": "a b"}]', /^Function 2 needs a "name"/],
    ['[{}]', /^Function 1 needs a "name"/],
    ['[null]', /^Function 1 needs a "name"/],
    ['{"name": "a", "parameters": []}', /^"parameters" of a has to be/],
    ['[', /JSON/],
  ])('says what is wrong with %s', (text, problem) => {
    expect(readTools(text).problem).toMatch(problem);
  });
});

describe(readSchema, () => {
  it('takes an object and nothing else', () => {
    expect(readSchema('{"type": "object"}')).toEqual({ value: { type: 'object' } });
    expect(readSchema('[]')).toEqual({ problem: 'A schema is a JSON object.' });
    expect(readSchema('').problem).toMatch(/JSON/);
  });
});
