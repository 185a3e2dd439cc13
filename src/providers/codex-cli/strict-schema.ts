type Schema = Readonly<Record<string, unknown>>;

/** The vendor takes no deeper ones. */
const MAX_DEPTH = 10;
/** What holds one schema, a list of them, or one for each name. */
const single = ['items'] as const;
const lists = ['anyOf'] as const;
const named = ['properties', '$defs', 'definitions'] as const;
/** What strict mode does not know. */
const unknown = [
  ...['allOf', 'oneOf', 'not', 'if', 'then', 'else', 'dependentRequired', 'dependentSchemas', 'patternProperties', 'propertyNames', 'minProperties', 'maxProperties'],
  ...['unevaluatedProperties', 'unevaluatedItems', 'prefixItems', 'contains', 'minContains', 'maxContains', 'uniqueItems', 'default'],
];

/**
 * Whether OpenAI's strict mode takes a schema, which is the only one that the CLI has: an object at its root, every object closed and all of its properties required
 * (https://platform.openai.com/docs/guides/structured-outputs#supported-schemas).
 */
export function isStrict(schema: Schema): boolean {
  return schema['type'] === 'object' && !('anyOf' in schema) && holds(schema, 0);
}

function holds(schema: unknown, depth: number): boolean {
  if (depth > MAX_DEPTH || !isObject(schema)) return false;
  if (unknown.some((keyword) => keyword in schema) || !isTyped(schema) || !isClosed(schema)) return false;
  return partsOf(schema).every((part) => holds(part, depth + 1));
}

function isTyped(schema: Schema): boolean {
  if (!['type', 'anyOf', '$ref'].some((keyword) => keyword in schema)) return false;
  return !hasType(schema, 'array') || 'items' in schema;
}

function isClosed(schema: Schema): boolean {
  const { properties, required, additionalProperties } = schema;
  if (!hasType(schema, 'object') && properties === undefined) return true;
  const names = isObject(properties) ? Object.keys(properties) : [];
  return additionalProperties === false && Array.isArray(required) && sameNames(names, required);
}

function sameNames(names: readonly string[], required: readonly unknown[]): boolean {
  return names.every((name) => required.includes(name)) && required.every((name) => names.includes(name as string));
}

function hasType({ type }: Schema, name: string): boolean {
  return type === name || (Array.isArray(type) && type.includes(name));
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
