import { describe, expect, it } from '@jest/globals';
import { AnswerFormat, type JsonFormat } from './answer-format.js';

const object: JsonFormat = { type: 'json-object' };
const person: JsonFormat = { type: 'json-schema', name: 'person', description: 'a human', schema: { type: 'object', properties: { age: { type: 'integer' } }, required: ['age'] } };

describe(AnswerFormat.name, () => {
  it('tells a model what is asked of it', () => {
    expect(new AnswerFormat(object).instruction(false)).toContain('Answer with a single JSON object and');
    expect(new AnswerFormat(object).instruction(true)).toMatch(/^When you do not call a function, answer with a single JSON object/);
    const lines = new AnswerFormat(person).instruction(false).split('\n');
    expect(lines[1]).toBe('It is the "person" that a program asked for (a human).');
    expect(lines.at(-1)).toBe('JSON Schema: {"type":"object","properties":{"age":{"type":"integer"}},"required":["age"]}');
    expect(new AnswerFormat(person).complaint(['/age must be integer'])).toContain('\n- /age must be integer\n');
  });
});
