import { schemaError } from './schema-error.js';

const MAX_DEPTH = 64;
const MAX_VALUES = 20_000;
const MAX_CHARACTERS = 262_144;

/** The schema as compact JSON. @throws GatewayError 400 for one that is too large to be compiled for a client */
export function measureSchema(schema: Readonly<Record<string, unknown>>): string {
  let values = 0;
  // Level by level: a schema may be nested deeper than a call stack.
  let level: readonly unknown[] = [schema];
  for (let depth = 0; level.length > 0; depth++) {
    values += level.length;
    if (depth > MAX_DEPTH) throw schemaError(`it is nested deeper than ${MAX_DEPTH} levels.`);
    if (values > MAX_VALUES) throw schemaError(`it has more than ${MAX_VALUES} values.`);
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? (Object.values(value) as unknown[]) : []));
  }
  const json = JSON.stringify(schema);
  if (json.length > MAX_CHARACTERS) throw schemaError(`it is longer than ${MAX_CHARACTERS} characters.`);
  return json;
}
