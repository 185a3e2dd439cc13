type Schema = Readonly<Record<string, unknown>>;

/** The vendor takes no deeper ones. */
const MAX_DEPTH = 10;
/** What holds one schema, a list of them, or one for each name. */
const single = ['items'] as const;
const lists = ['anyOf'] as const;
const named = ['properties', '$defs', 'definitions'] as const;
/** What strict mode does not know. */
const unknown = ['allOf', 'oneOf', 'not', 'if', 'then', 'else', 'dependentRequired', 'dependentSchemas', 'patternProperties'];

/**
 * Whether OpenAI's strict mode takes a schema, which is the only one that the CLI has: an object at its root, every object closed and all of its properties required
 * (https://platform.openai.com/docs/guides/structured-outputs#supported-schemas).
 */
export function isStrict(schema: Schema): boolean {
  return schema['type'] === 'object' && holds(schema, 0);
}

function holds(schema: unknown, depth: number): boolean {
  if (depth > MAX_DEPTH || !isObject(schema)) return false;
  if (unknown.some((keyword) => keyword in schema) || !isClosed(schema)) return false;
  return partsOf(schema).every((part) => holds(part, depth + 1));
}

function isClosed(schema: Schema): boolean {
  const { type, properties, required, additionalProperties } = schema;
  if (type !== 'object' && !(Array.isArray(type) && type.includes('object')) && properties === undefined) return true;
  const names = isObject(properties) ? Object.keys(properties) : [];
  return additionalProperties === false && Array.isArray(required) && names.every((name) => required.includes(name));
}

function partsOf(schema: Schema): unknown[] {
  return [
    ...single.flatMap((keyword) => (keyword in schema ? [schema[keyword]] : [])),
    ...lists.flatMap((keyword) => (Array.isArray(schema[keyword]) ? (schema[keyword] as unknown[]) : [])),
    ...named.flatMap((keyword) => (isObject(schema[keyword]) ? Object.values(schema[keyword]) : [])),
  ];
}

function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
