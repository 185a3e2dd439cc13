import { hash } from 'node:crypto';
import { compileSchema, type Validate } from './compile-schema.js';
import { measureSchema } from './measure-schema.js';

const MAX_KEPT = 64;
/** By the schema's own text; the least used first. */
const kept = new Map<string, Validate>();

/** {@link compileSchema}, once for the schemas that are in use. @throws GatewayError 400 */
export function validatorOf(schema: Readonly<Record<string, unknown>>): Validate {
  const key = hash('sha256', measureSchema(schema));
  const validate = kept.get(key) ?? compileSchema(schema);
  kept.delete(key);
  kept.set(key, validate);
  for (const oldest of kept.keys()) {
    if (kept.size <= MAX_KEPT) break;
    kept.delete(oldest);
  }
  return validate;
}
