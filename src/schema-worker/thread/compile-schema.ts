import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describeErrors } from './describe-errors.ts';
import { type Validate } from '../../structured-output/check-answer.ts';

export { type Validate };

/** A schema that cannot be used. Its message is for the client. */
export class SchemaFault extends Error {}

type Schema = Readonly<Record<string, unknown>>;
type Draft = (typeof drafts)[keyof typeof drafts];

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

/** As a CLI judges a schema that takes it to Ajv as it is by itself: draft-07, no keyword that it does not know, but any format. */
const strict: Options = { validateFormats: false, logger: false };
const strictJudge = new Ajv(strict);

/** By draft: what judges a schema itself, and what compiles it. */
const drafts = {
  'draft-07': { judge: new Ajv(lenient), create: () => new Ajv(alone) },
  '2020-12': { judge: new Ajv2020(lenient), create: () => new Ajv2020(alone) },
} as const;

/**
 * Compiles a client's schema: draft 2020-12 or, where its `$schema` or its own form says so, draft-07. Nothing is ever fetched. It may take for ever, and so may
 * what it compiles: whoever calls it sets the bounds.
 *
 * @param schema of a bounded depth
 * @throws SchemaFault
 */
export function compileSchema(schema: Schema): Validate {
  try {
    return compile(schema);
  } catch (cause) {
    if (cause instanceof SchemaFault) throw cause;
    throw new SchemaFault(clip(messageOf(cause)), { cause });
  }
}

/** Whether Ajv as it is by itself takes a schema. It may take for ever, as {@link compileSchema}. */
export function compilesStrictly(schema: Schema): boolean {
  try {
    if (strictJudge.validateSchema(schema) !== true) return false;
    // An instance of its own: two schemas may have the same `$id`.
    new Ajv({ ...strict, meta: false, validateSchema: false, inlineRefs: false }).compile(schema);
    return true;
  } catch {
    return false;
  }
}

function compile({ $schema, ...schema }: Schema): Validate {
  const draft = draftOf($schema, schema);
  const ajv = draft.create();
  addFormats.default(ajv);
  const validate = ajv.compile(schema);
  // Its validator would answer with a promise, which is true whatever it says.
  if ('$async' in validate) throw new SchemaFault('"$async" is not supported.');
  return (value) => run(validate, value);
}

/** @throws SchemaFault for a schema that is none in its draft */
function draftOf($schema: unknown, schema: Schema): Draft {
  const old = typeof $schema === 'string' && /\/draft-0\d\//.test($schema);
  const draft = old ? drafts['draft-07'] : drafts['2020-12'];
  const fault = faultIn(schema, draft);
  if (fault === undefined) return draft;
  if ($schema === undefined && faultIn(schema, drafts['draft-07']) === undefined) return drafts['draft-07'];
  throw new SchemaFault(clip(fault));
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
