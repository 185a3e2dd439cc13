type Schema = Readonly<Record<string, unknown>>;

const MAX_DEPTH = 8;
const DAY = '2026-01-31';
/** Texts of the formats that JSON Schema names. */
const formats: Readonly<Record<string, string>> = {
  date: DAY,
  'date-time': `${DAY}T12:00:00Z`,
  time: '12:00:00Z',
  email: 'demo@example.com',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
};

/** A value that fits a JSON Schema in the usual cases, the same each time: what there is without a model. */
export function sampleOf(schema: unknown, root: unknown = schema, depth = 0): unknown {
  if (!isObject(schema) || depth > MAX_DEPTH) return {};
  const inner = (other: unknown): unknown => sampleOf(other, root, depth + 1);
  if (typeof schema['$ref'] === 'string') return inner(pointedAt(schema['$ref'], root));
  if ('const' in schema) return schema['const'];
  const [given] = firstList(schema, ['enum', 'examples']);
  if (given !== undefined) return given;
  const [choice] = firstList(schema, ['anyOf', 'oneOf', 'allOf']);
  return choice === undefined ? samples[typeOf(schema)]?.(schema, inner) : inner(choice);
}

type Sample = (schema: Schema, inner: (schema: unknown) => unknown) => unknown;

const numeric: Sample = (schema) => numberOf(schema, 'minimum') ?? numberOf(schema, 'maximum') ?? 1;
const samples: Readonly<Record<string, Sample>> = {
  object: ({ properties }, inner) => Object.fromEntries(Object.entries(isObject(properties) ? properties : {}).map(([name, property]) => [name, inner(property)])),
  array: (schema, inner) => Array.from({ length: Math.min(numberOf(schema, 'minItems') ?? 1, 20) }, () => inner(schema['items'] ?? {})),
  integer: numeric,
  number: numeric,
  boolean: () => true,
  null: () => null,
  string: textOf,
};

function typeOf(schema: Schema): string {
  const type: unknown = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
  return typeof type === 'string' ? type : isObject(schema['properties']) ? 'object' : 'string';
}

function firstList(schema: Schema, keywords: readonly string[]): readonly unknown[] {
  const found = keywords.map((keyword) => schema[keyword]).find((value) => Array.isArray(value) && value.length > 0);
  return Array.isArray(found) ? found : [];
}

function textOf(schema: Schema): string {
  const text = formats[String(schema['format'])] ?? 'demo';
  return text.padEnd(Math.min(numberOf(schema, 'minLength') ?? 0, 1000), '.').slice(0, numberOf(schema, 'maxLength'));
}

function pointedAt(pointer: string, root: unknown): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((value, step) => (isObject(value) ? value[step.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined), root);
}

function numberOf(schema: Schema, keyword: string): number | undefined {
  const value = schema[keyword];
  return typeof value === 'number' ? value : undefined;
}

function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
