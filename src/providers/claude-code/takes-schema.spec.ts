import { afterAll, describe, expect, it } from '@jest/globals';
import { takesSchema, withoutDialect } from './takes-schema.js';
import { ClientSchemas } from '../../schema-worker/client-schemas.js';

/** A schema of an object with one property. */
const property = (schema: unknown): Readonly<Record<string, unknown>> => ({ properties: { a: schema } });

describe(takesSchema.name, () => {
  const schemas = new ClientSchemas();
  const takes = async (schema: Readonly<Record<string, unknown>>): Promise<boolean> => takesSchema(schema, schemas, { owner: 'me', signal: new AbortController().signal });
  afterAll(() => schemas.onApplicationShutdown());

  it.each<[string, object]>([
    ['nothing more', {}],
    ['words about it', property({ type: 'string', title: 't', description: 'd', default: 'x', deprecated: true, readOnly: true, examples: ['q'], $comment: 'c' })],
    ['its dialect', { $schema: 'https://json-schema.org/draft/2020-12/schema' }],
    ['a format that nobody knows', property({ type: 'string', format: 'of-tomorrow' })],
    [
      'references, to itself too',
      {
        $defs: { n: { type: 'object', properties: { next: { anyOf: [{ $ref: '#/$defs/n' }, { type: 'null' }, { $ref: '#' }] } } } },
        ...property({ $ref: '#/$defs/n', description: 'd' }),
      },
    ],
    ['a name', { $id: 'https://example.com/a', title: 'T' }],
    ['a name that another has', { $id: 'https://example.com/a', title: 'U' }],
    ['alternatives within', property({ anyOf: [{ type: 'string' }, { type: 'null' }] })],
    ['a tuple as it used to be', property({ type: 'array', items: [{ type: 'string' }], minItems: 1, additionalItems: false })],
    ['conditions', { if: { required: ['a'] }, then: { required: ['b'] }, dependencies: { a: ['b'] }, propertyNames: { pattern: '^a' } }],
  ])('an object with %s', async (_, more) => {
    expect(await takes({ type: 'object', properties: {}, ...more })).toBe(true);
  });

  it.each<[string, object]>([
    ['another type', { type: 'array' }],
    ['alternatives at its root', { anyOf: [{ required: ['a'] }, { required: ['b'] }] }],
    ['all of several at its root', { allOf: [{ required: ['a'] }] }],
    ['a reference at its root', { $ref: '#/$defs/n', $defs: { n: { type: 'object' } } }],
    ['a keyword of another program', property({ type: 'string', example: 'q' })],
    ['a keyword of its own', { 'x-order': ['a'] }],
    ['a discriminator', property({ oneOf: [{ type: 'object', properties: { k: { const: 'a' } } }], discriminator: { propertyName: 'k' } })],
    ['a tuple of draft 2020-12', property({ type: 'array', prefixItems: [{ type: 'string' }] })],
    ['an anchor', { $defs: { n: { $anchor: 'q', type: 'string' } }, ...property({ $ref: '#q' }) }],
    ['what is left unevaluated', { unevaluatedProperties: false }],
    ['a pattern that is none in Unicode mode', property({ type: 'string', pattern: '^[\\w-.]+$' })],
    ['a reference to nothing', property({ $ref: '#/$defs/none' })],
    ['a reference elsewhere', property({ $ref: 'https://example.com/s.json' })],
    ['half a condition', property({ then: { type: 'string' } })],
    ['an exclusive minimum of draft-04', property({ type: 'number', minimum: 0, exclusiveMinimum: true })],
    ['one name twice', { $defs: { q: { $id: 'https://example.com/a' }, r: { $id: 'https://example.com/a', type: 'string' } } }],
  ])('none with %s', async (_, more) => {
    const schema = { type: 'object', properties: {}, ...more };
    expect([await takes(schema), await takes(schema)]).toEqual([false, false]);
  });
});

describe(withoutDialect.name, () => {
  it('leaves out what names the dialect, at the root alone', () => {
    const inner = property({ $schema: 'x' });
    expect(withoutDialect({ $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object', ...inner })).toEqual({ type: 'object', ...inner });
  });
});
