import { describe, expect, it } from '@jest/globals';
import { measureSchema } from './measure-schema.js';

type Schema = Record<string, unknown>;

const nested = (depth: number): Schema => {
  let schema: Schema = {};
  for (let level = 0; level < depth; level++) schema = { not: schema };
  return schema;
};

describe(measureSchema.name, () => {
  it('gives the schema as compact JSON', () => {
    expect(measureSchema({ type: 'object', not: nested(50) })).toMatch(/^\{"type":"object","not":\{"not"/);
  });

  it.each<[string, Schema, string]>([
    ['too deep', nested(70), 'deeper'],
    ['as deep as a body can be', nested(100_000), 'deeper'],
    ['too many values', { enum: Array.from({ length: 30_000 }, (_, index) => index) }, 'values'],
    ['too long', { const: 'x'.repeat(300_000) }, 'longer'],
  ])('refuses one that is %s', (_, schema, why) => {
    expect(() => measureSchema(schema)).toThrow(expect.objectContaining({ code: 'invalid_parameter', param: 'response_format', message: expect.stringContaining(why) }));
  });
});
