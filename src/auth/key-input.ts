import { clientFields, clientName } from './client-fields.js';
import { type KeyTerms } from './issued-key.js';
import { GatewayError } from '../kernel/gateway-error.js';

type Terms = Omit<KeyTerms, 'name'>;
type Body = Readonly<Record<string, unknown>>;
interface Check {
  readonly accepts: (value: unknown) => boolean;
  readonly problem: string;
}

const checks: Readonly<Record<string, Check>> = {
  name: clientName,
  ...clientFields,
  expires_at: { accepts: (value) => timeOf(value) !== undefined, problem: 'must be a time, as in ISO 8601 with its zone, or in seconds since 1970' },
};

/** Terms where nothing is said. */
const defaults: Terms = {
  rpm: undefined,
  models: undefined,
  scopes: ['completions'],
  maxConcurrent: undefined,
  budget: undefined,
  redact: true,
  expiresAt: undefined,
};

/**
 * The terms of a new key, from the body of `POST /admin/keys`. What is `null` or left out has its default.
 *
 * @param now milliseconds since 1970
 * @throws GatewayError `invalid_parameter` that names the field
 */
export function parseNewKey(body: Body, now: number): KeyTerms {
  checkFields(body, Object.keys(checks), now);
  const { name } = body;
  if (name === undefined) refuse('name', 'is required');
  return { name: name as string, ...termsOf(body, defaults) };
}

/** The terms of a key after a change, from the body of `PATCH /admin/keys/{id}`: what is left out stays, `null` brings the default back. @throws as `parseNewKey` */
export function parseKeyChange(body: Body, before: KeyTerms, now: number): { readonly terms: KeyTerms; readonly rotate: boolean } {
  const { rotate = false, ...fields } = body;
  if (typeof rotate !== 'boolean') refuse('rotate', 'must be true or false');
  checkFields(fields, [...Object.keys(checks), 'rotate'], now);
  const { name = before.name } = fields;
  return { terms: { name: name as string, ...termsOf(fields, before) }, rotate: rotate };
}

function checkFields(body: Body, known: readonly string[], now: number): void {
  for (const [field, value] of Object.entries(body)) {
    const check = Object.hasOwn(checks, field) ? checks[field] : undefined;
    if (!check) return refuse(field.slice(0, 64), `is not known; there is ${known.join(', ')}`);
    if (value === null ? field === 'name' : !check.accepts(value)) refuse(field, check.problem);
  }
  const expiresAt = timeOf(body['expires_at']);
  if (expiresAt !== undefined && expiresAt <= now) refuse('expires_at', 'must lie in the future');
}

const fieldOf = { rpm: 'rpm', models: 'models', scopes: 'scopes', maxConcurrent: 'max_concurrent', budget: 'budget', redact: 'redact', expiresAt: 'expires_at' } as const;

function termsOf(body: Body, otherwise: Terms): Terms {
  const terms = (Object.keys(fieldOf) as (keyof typeof fieldOf)[]).map((term) => {
    const value = body[fieldOf[term]];
    if (value === undefined) return [term, otherwise[term]];
    if (value === null) return [term, defaults[term]];
    return [term, term === 'expiresAt' ? timeOf(value) : value];
  });
  return Object.fromEntries(terms) as Terms;
}

/** Milliseconds since 1970; undefined where it is no time. */
function timeOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value > 0 && value < 1e11 ? value * 1000 : undefined;
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(value)) return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}

function refuse(field: string, problem: string): never {
  throw new GatewayError('invalid_parameter', `Invalid value for '${field}': ${problem}.`, { param: field });
}
