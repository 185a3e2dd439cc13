import { type Asker, type ClientSchemas } from '../../schema-worker/client-schemas.js';

type Schema = Readonly<Record<string, unknown>>;

/** The API takes none of these at the root of what a tool is given. */
const notAtRoot = ['$ref', 'anyOf', 'oneOf', 'allOf'];

/**
 * Whether the CLI makes a tool of a schema, so that the model answers by it: an object's, in draft-07, as Ajv by itself takes it. For any other it makes none, and says nothing of it.
 *
 * @param schema not deeper than a call stack
 */
export function takesSchema(schema: Schema, schemas: Pick<ClientSchemas, 'takenStrictly'>, asker: Asker): boolean | Promise<boolean> {
  if (schema['type'] !== 'object' || notAtRoot.some((keyword) => Object.hasOwn(schema, keyword))) return false;
  return schemas.takenStrictly(withoutDialect(schema), asker);
}

/** What the CLI is given: it takes no schema that names a dialect which it does not know. */
export function withoutDialect(schema: Schema): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => keyword !== '$schema'));
}
