import { describe, expect, it } from '@jest/globals';
import { isStrict } from './strict-schema.js';

type Schema = Record<string, unknown>;
const object = (properties: Schema, change: Schema = {}): Schema => ({ type: 'object', properties, required: Object.keys(properties), additionalProperties: false, ...change });
const text = { type: 'string' };
const loose = object({ a: text }, { additionalProperties: true });
const deep = (levels: number): Schema => (levels === 0 ? text : object({ a: deep(levels - 1) }));

describe(isStrict.name, () => {
  it.each<[string, Schema]>([
    ['an object', object({ a: text, b: { type: ['integer', 'null'] }, c: { type: 'string', enum: ['x'] } })],
    ['one without properties', object({})],
    ['objects in objects, lists and choices', object({ a: { type: 'array', items: object({ b: text }) }, c: { anyOf: [object({ d: text }), { type: 'null' }] } })],
    ['definitions', object({ a: { $ref: '#/$defs/node' } }, { $defs: { node: object({ next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } }) } })],
    ['properties that are called like keywords', object({ not: text, default: text, oneOf: text })],
    ['ten levels', deep(10)],
  ])('takes %s', (_, schema) => {
    expect(isStrict(schema)).toBe(true);
  });

  it.each<[string, Schema]>([
    ['a root that is no object', { type: 'array', items: text }],
    ['a root that is a choice', object({ a: text }, { anyOf: [object({})] })],
    ['an open object', loose],
    ['one that does not say', { type: 'object', properties: { a: text }, required: ['a'] }],
    ['an optional property', object({ a: text, b: text }, { required: ['a'] })],
    ['a required one that there is not', object({ a: text }, { required: ['a', 'b'] })],
    ['no list of the required', object({ a: text }, { required: undefined })],
    ['an open object in a list', object({ a: { type: 'array', items: loose } })],
    ['in a choice', object({ a: { anyOf: [text, loose] } })],
    ['in a definition', object({ a: text }, { $defs: { b: loose } })],
    ['an object by its properties alone', object({ a: { properties: {}, anyOf: [text] } })],
    ['one that may be null', object({ a: { type: ['object', 'null'], properties: {} } })],
    ['a list of anything', object({ a: { type: 'array' } })],
    ['anything', object({ a: {} })],
    ['a schema that is none', object({ a: true })],
    ['words that strict mode does not know', object({ a: { allOf: [text] } })],
    ['a default', object({ a: { type: 'string', default: 'x' } })],
    ['eleven levels', deep(11)],
  ])('takes no %s', (_, schema) => {
    expect(isStrict(schema)).toBe(false);
  });
});
