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

  it('breaks off what takes too long, however many values there are: a pattern, a schema with exponentially many ways', () => {
    const ways = { $ref: '#/$defs/a', $defs: { a: { anyOf: [{ properties: { a: { $ref: '#/$defs/a' }, x: false } }, { properties: { a: { $ref: '#/$defs/a' }, x: false } }] } } };
    let deep: Record<string, unknown> = { x: 1 };
    for (let level = 0; level < 40; level++) deep = { a: deep };
    for (const [schema, value] of [
      [{ properties: { a: { type: 'string', pattern: '^(a+)+$' } } }, { a: `${'a'.repeat(50)}b` }],
      [ways, deep],
    ] as const) {
      const format = new AnswerFormat({ type: 'json-schema', name: 'x', schema });
      const problems = ['it takes too long to be checked against the schema'];
      const began = performance.now();
      expect(format.checkExact(JSON.stringify(value))).toEqual({ problems });
      expect(format.check(Array.from({ length: 20 }, (_, number) => JSON.stringify({ ...value, number })).join('\n'))).toEqual({ problems });
      expect(performance.now() - began).toBeLessThan(1000);
    }
  });

  it('says so of what is too deep to be checked', () => {
    const list = { $ref: '#/$defs/list', $defs: { list: { items: { $ref: '#/$defs/list' } } } };
    const depth = 100_000;
    expect(new AnswerFormat({ type: 'json-schema', name: 'x', schema: list }).check('['.repeat(depth) + ']'.repeat(depth))).toEqual({
      problems: ['it is too deep to be checked against the schema'],
    });
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
