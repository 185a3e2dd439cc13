import { type ReferenceObject, type SchemaObject } from '@nestjs/swagger';

/** A schema of the OpenAPI document, or the name of one. */
export type Schema = SchemaObject | ReferenceObject;
type Properties = Readonly<Record<string, Schema>>;
type More = Omit<SchemaObject, 'type' | 'description'>;

/** One of the document's components. */
export const ref = (component: string): ReferenceObject => ({ $ref: `#/components/schemas/${component}` });

export const text = (description: string, more: More = {}): SchemaObject => ({ type: 'string', description, ...more });
export const integer = (description: string, more: More = {}): SchemaObject => ({ type: 'integer', description, ...more });
export const number = (description: string, more: More = {}): SchemaObject => ({ type: 'number', description, ...more });
export const flag = (description: string, more: More = {}): SchemaObject => ({ type: 'boolean', description, ...more });
export const listOf = (items: Schema, description: string): SchemaObject => ({ type: 'array', items, description });

/** One of some words; of one word: always that. */
export const word = (words: readonly string[], description?: string): SchemaObject => ({ type: 'string', enum: [...words], ...(description !== undefined && { description }) });

/** Seconds since 1970. */
export const time = (what: string): SchemaObject => integer(`${what}, in seconds since 1970.`);

/** Any value of the kind, or null. */
export const orNull = (schema: SchemaObject): SchemaObject => ({ ...schema, nullable: true });

/** An object whose fields are known. @param optional those that may not be there */
export function object(properties: Properties, { optional = [], description }: { readonly optional?: readonly string[]; readonly description?: string } = {}): SchemaObject {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', ...(description !== undefined && { description }), ...(required.length > 0 && { required }), properties: { ...properties } };
}

/** An object that may have further fields. @param required those of them that are always there */
export const open = (properties: Properties, required: readonly string[] = [], description?: string): SchemaObject => ({
  type: 'object',
  ...(description !== undefined && { description }),
  ...(required.length > 0 && { required: [...required] }),
  properties: { ...properties },
  additionalProperties: true,
});

/** Pairs of names and values. */
export const map = (values: Schema | true, description: string): SchemaObject => ({ type: 'object', additionalProperties: values, description });

/** A list without pages. */
export const wholeList = (component: string): SchemaObject => object({ object: word(['list']), data: { type: 'array', items: ref(component) } });

/** A list in pages, as list-page.ts makes it. */
export const pagedList = (component: string): SchemaObject =>
  object({
    object: word(['list']),
    data: { type: 'array', items: ref(component) },
    first_id: orNull(text('The id of the first entry.')),
    last_id: orNull(text('The id of the last entry: `after` of the next page.')),
    has_more: flag('There is another page.'),
  });

/** What deleting something answers. */
export const deleted = (kind: string): SchemaObject => object({ id: text('What was deleted.'), object: word([kind]), deleted: { type: 'boolean', enum: [true] } });
