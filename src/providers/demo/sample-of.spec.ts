import { describe, expect, it } from '@jest/globals';
import { sampleOf } from './sample-of.js';
import { compileSchema } from '../../schema-worker/thread/compile-schema.js';

describe(sampleOf.name, () => {
  it.each<[object, unknown]>([
    [
      { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 3 } }, required: ['city'] },
      { city: 'demo', days: 3 },
    ],
    [{ enum: ['b', 'a'] }, 'b'],
    [{ const: 7 }, 7],
    [{ type: 'array', items: { type: 'boolean' }, minItems: 2 }, [true, true]],
    [{ anyOf: [{ type: 'number' }, { type: 'string' }] }, 1],
    [{ type: ['null', 'string'] }, null],
    [{ type: 'string', minLength: 6, maxLength: 8 }, 'demo..'],
    [{ type: 'string', format: 'date' }, '2026-01-31'],
    [{ $defs: { p: { type: 'object', properties: { x: { type: 'number' } } } }, $ref: '#/$defs/p' }, { x: 1 }],
    [{ properties: { a: {} } }, { a: 'demo' }],
  ])('%j', (schema, value) => {
    expect(sampleOf(schema)).toEqual(value);
    expect(compileSchema(schema as never)(sampleOf(schema))).toEqual([]);
  });

  it('comes to an end where a schema does not', () => {
    const endless = { $defs: { node: { type: 'object', properties: { next: { $ref: '#/$defs/node' } } } }, $ref: '#/$defs/node' };
    expect(JSON.stringify(sampleOf(endless)).length).toBeLessThan(200);
  });
});
