import { describe, expect, it } from '@jest/globals';
import { AnswerFormat } from './answer-format.js';
import { type ResponseFormat } from '../kernel/completion-request.js';

type JsonFormat = Exclude<ResponseFormat, { type: 'text' }>;

const object: JsonFormat = { type: 'json-object' };
const person: JsonFormat = { type: 'json-schema', name: 'person', description: 'a human', schema: { type: 'object', properties: { age: { type: 'integer' } }, required: ['age'] } };
const word: JsonFormat = { type: 'json-schema', name: 'word', schema: { type: 'string' } };

describe(AnswerFormat.name, () => {
  it.each<[string, JsonFormat, string, object]>([
    ['an object', object, '{"a":1}', { json: '{"a":1}' }],
    ['an object in a fence', object, '```json\n{"a":1}\n```', { json: '{"a":1}' }],
    ['an array', object, '[1]', { problems: ['the value must be a JSON object'] }],
    ['null', object, 'null', { problems: ['the value must be a JSON object'] }],
    ['words', object, 'hello', { problems: ['the answer holds no valid JSON'] }],
    ['two objects', object, '{"a":1} {"a":2}', { problems: ['the answer holds several JSON values'] }],
    ['many values', object, '[1] '.repeat(30) + Array.from({ length: 30 }, (_, index) => `[${index}]`).join(' '), { problems: ['the answer holds several JSON values'] }],
    ['what fits', person, 'It is {"age": 3}.', { json: '{"age": 3}' }],
    ['the one of two that fits', person, 'As in [1]: {"age": 3}', { json: '{"age": 3}' }],
    ['a draft and the last word', person, '{"age": 3}, no, {"age": 4}', { problems: ['the answer holds several JSON values'] }],
    ['what does not fit', person, '{"age": "x"}', { problems: ['/age must be integer'] }],
    ['a scalar', word, ' "x" ', { json: '"x"' }],
    ['a big number as it was written', person, '{"age": 12345678901234567890}', { json: '{"age": 12345678901234567890}' }],
  ])('%s', (_, format, text, expected) => {
    expect(new AnswerFormat(format).check(text)).toEqual(expected);
  });

  it('exactly: no fence, no words', () => {
    const format = new AnswerFormat(person);
    expect(format.checkExact(' {"age":3}\n')).toEqual({ json: '{"age":3}' });
    expect(format.checkExact('```\n{"age":3}\n```')).toEqual({ problems: ['the answer is not JSON'] });
    expect(format.checkExact('{"age":"x"}')).toEqual({ problems: ['/age must be integer'] });
  });

  it('tells a model what is asked of it', () => {
    expect(new AnswerFormat(object).instruction(false)).toContain('Answer with a single JSON object and');
    expect(new AnswerFormat(object).instruction(true)).toMatch(/^When you do not call a function, answer with a single JSON object/);
    const lines = new AnswerFormat(person).instruction(false).split('\n');
    expect(lines[1]).toBe('It is the "person" that a program asked for (a human).');
    expect(lines.at(-1)).toBe('JSON Schema: {"type":"object","properties":{"age":{"type":"integer"}},"required":["age"]}');
    expect(new AnswerFormat(person).complaint(['/age must be integer'])).toContain('\n- /age must be integer\n');
  });
});
