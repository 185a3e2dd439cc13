import { Ajv, type Options } from 'ajv';
import { hash } from 'node:crypto';
import { runBounded } from '../../structured-output/run-bounded.js';

type Schema = Readonly<Record<string, unknown>>;

const COMPILE_MS = 500;
const MAX_KEPT = 64;

/** The API takes none of these at the root of what a tool is given. */
const notAtRoot = ['$ref', 'anyOf', 'oneOf', 'allOf'];

/** As the CLI judges a schema: Ajv as it is by itself, which knows draft-07 and takes no keyword that it does not know, but any format. */
const judging: Options = { validateFormats: false, logger: false };
const judge = new Ajv(judging);

/** By the schema's own text; the oldest first. */
const kept = new Map<string, boolean>();

/**
 * Whether the CLI makes a tool of a schema, so that the model answers by it: an object's, in draft-07. For any other it makes none, and says nothing of it.
 *
 * @param schema not deeper than a call stack
 */
export function takesSchema(schema: Schema): boolean {
  if (schema['type'] !== 'object' || notAtRoot.some((keyword) => Object.hasOwn(schema, keyword))) return false;
  const key = hash('sha256', JSON.stringify(schema));
  const known = kept.get(key);
  if (known !== undefined) return known;
  const takes = compiles(withoutDialect(schema));
  kept.set(key, takes);
  const [oldest] = kept.keys();
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
  return takes;
}

/** What the CLI is given: it takes no schema that names a dialect which it does not know. */
export function withoutDialect(schema: Schema): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => keyword !== '$schema'));
}

function compiles(schema: Schema): boolean {
  try {
    return runBounded(COMPILE_MS, () => {
      if (judge.validateSchema(schema) !== true) return false;
      // An instance of its own: two schemas may have the same `$id`. Inlined, a small schema can become code without end.
      new Ajv({ ...judging, meta: false, validateSchema: false, inlineRefs: false }).compile(schema);
      return true;
    });
  } catch {
    return false;
  }
}
