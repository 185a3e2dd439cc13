import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describeErrors } from './describe-errors.js';
import { measureSchema } from './measure-schema.js';
import { runBounded, tookTooLong } from './run-bounded.js';
import { schemaError } from './schema-error.js';
import { GatewayError } from '../kernel/gateway-error.js';

/** What is wrong with a value, in words; empty where it fits. It may take for ever: whoever calls it sets the bounds. */
export type Validate = (value: unknown) => readonly string[];

type Schema = Readonly<Record<string, unknown>>;
type Draft = (typeof drafts)[keyof typeof drafts];

/** The first schema of a draft takes a busy machine a while. */
const COMPILE_MS = 1000;

const lenient: Options = { strict: false, logger: false };
/** Clients' schemas are never added to an instance: two may have the same `$id`. */
const alone: Options = {
  ...lenient,
  allErrors: true,
  meta: false,
  validateSchema: false,
  // Inlined, a small schema can become code without end.
  inlineRefs: false,
  code: { regExp: Object.assign(createPattern, { code: 'new RegExp' }) },
};

/** By draft: what judges a schema itself, and what compiles it. */
const drafts = {
  'draft-07': { judge: new Ajv(lenient), create: () => new Ajv(alone) },
  '2020-12': { judge: new Ajv2020(lenient), create: () => new Ajv2020(alone) },
} as const;

/**
 * Compiles a client's schema: draft 2020-12 or, where its `$schema` or its own form says so, draft-07. What it compiles is bounded in size, depth and time; nothing is ever fetched.
 *
 * @throws GatewayError 400 naming `response_format`
 */
export function compileSchema(schema: Schema): Validate {
  measureSchema(schema);
  try {
    return runBounded(COMPILE_MS, () => compile(schema));
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause;
    throw schemaError(tookTooLong(cause) ? 'it takes too long to compile.' : clip(messageOf(cause)), cause);
  }
}

function compile({ $schema, ...schema }: Schema): Validate {
  const draft = draftOf($schema, schema);
  const ajv = draft.create();
  addFormats.default(ajv);
  const validate = ajv.compile(schema);
  // Its validator would answer with a promise, which is true whatever it says.
  if ('$async' in validate) throw schemaError('"$async" is not supported.');
  return (value) => run(validate, value);
}

/** @throws GatewayError for a schema that is none in its draft */
function draftOf($schema: unknown, schema: Schema): Draft {
  const old = typeof $schema === 'string' && /\/draft-0\d\//.test($schema);
  const draft = old ? drafts['draft-07'] : drafts['2020-12'];
  const fault = faultIn(schema, draft);
  if (fault === undefined) return draft;
  if ($schema === undefined && faultIn(schema, drafts['draft-07']) === undefined) return drafts['draft-07'];
  throw schemaError(clip(fault));
}

function faultIn(schema: Schema, { judge }: Draft): string | undefined {
  return judge.validateSchema(schema) === true ? undefined : describeErrors(judge.errors ?? [], 'the schema').join('; ');
}

function run(validate: ValidateFunction, value: unknown): readonly string[] {
  try {
    return validate(value) ? [] : describeErrors(errorsOf(validate), 'the value');
  } catch {
    return ['it is too deep to be checked against the schema'];
  }
}

function errorsOf({ errors }: ValidateFunction): readonly ErrorObject[] {
  return errors ?? [];
}

/** Patterns of other tools need not be right in Unicode mode. */
function createPattern(pattern: string, flags: string): RegExp {
  try {
    return new RegExp(pattern, flags);
  } catch {
    return new RegExp(pattern);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function clip(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
