import { describe, expect, it } from '@jest/globals';
import { compileSchema, SchemaFault } from './compile-schema.js';

type Schema = Record<string, unknown>;

describe(compileSchema.name, () => {
  it.each<[string, Schema, unknown, unknown]>([
    ['a type', { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] }, { a: 1 }, { a: 'x' }],
    ['no more properties', { type: 'object', properties: {}, additionalProperties: false }, {}, { secret: 1 }],
    ['$defs', { $ref: '#/$defs/a', $defs: { a: { type: 'string' } } }, 'x', 1],
    ['recursion', { $ref: '#/$defs/a', $defs: { a: { type: 'array', items: { $ref: '#/$defs/a' } } } }, [[], [[]]], [[1]]],
    ['draft-07', { $schema: 'http://json-schema.org/draft-07/schema#', definitions: { a: { const: 1 } }, items: [{ $ref: '#/definitions/a' }] }, [1], [2]],
    ['draft-07 that does not say so', { items: [{ type: 'string' }], additionalItems: false }, ['x'], ['x', 'y']],
    ['draft 2020-12', { $schema: 'https://json-schema.org/draft/2020-12/schema', prefixItems: [{ type: 'string' }], items: false }, ['x'], ['x', 'y']],
    ['a format', { type: 'string', format: 'date-time' }, '2026-01-02T03:04:05Z', 'yesterday'],
    ['a format that nobody knows', { type: 'string', format: 'colour' }, 'red', 1],
    ['keywords that nobody knows', { type: 'string', example: 'x', 'x-order': 1 }, 'x', 1],
    ['a pattern that is wrong in Unicode mode', { type: 'string', pattern: String.raw`^[\w-.]+$` }, 'a-b', 'ä'],
    ['a property with a schema word for its name', { properties: { $ref: { type: 'string' } } }, { $ref: 'x' }, { $ref: 1 }],
    ['an id', { $id: 'https://example.com/a', type: 'string' }, 'x', 1],
    ['the same id, of somebody else', { $id: 'https://example.com/a', type: 'number' }, 1, 'x'],
    ['everything', {}, 1, undefined],
  ])('%s', (_, schema, right, wrong) => {
    const validate = compileSchema(schema);
    expect(validate(right)).toEqual([]);
    if (wrong !== undefined) expect(validate(wrong)).not.toEqual([]);
  });

  it.each<[string, Schema, string]>([
    ['a type that is none', { type: 'strin' }, 'type'],
    ['a reference to elsewhere', { $ref: 'http://127.0.0.1/schema.json' }, "can't resolve"],
    ['a reference deep down', { properties: { a: { $ref: 'file:///etc/passwd' } } }, "can't resolve"],
    ['a reference to nothing', { $ref: '#/$defs/none' }, "can't resolve"],
    ['a pattern that is none', { type: 'string', pattern: '(' }, 'regular expression'],
    ['a promise', { $async: true, type: 'object' }, '$async'],
    ['a promise deep down', { $ref: '#/$defs/a', $defs: { a: { $async: true } } }, 'async'],
  ])('refuses %s', (_, schema, why) => {
    expect(() => compileSchema(schema)).toThrow(expect.objectContaining({ constructor: SchemaFault, message: expect.stringContaining(why) }));
  });

  it('says what is wrong in few words', () => {
    const schema = { type: 'object', properties: { age: { type: 'integer' }, kind: { enum: ['a', 'b'] } }, required: ['age'], additionalProperties: false };
    expect(compileSchema(schema)({ kind: 'c', more: 1 })).toEqual([
      "the value must have required property 'age'",
      'the value must NOT have additional properties: "more"',
      '/kind must be equal to one of the allowed values: ["a","b"]',
    ]);
    const many = compileSchema({ items: { type: 'string' } })(Array.from({ length: 1000 }, (_, index) => index));
    expect(many).toHaveLength(20);
  });
});
