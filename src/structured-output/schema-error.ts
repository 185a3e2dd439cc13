import { GatewayError } from '../kernel/gateway-error.js';

/** A 400 for a schema that cannot be used. */
export function schemaError(why: string, cause?: unknown): GatewayError {
  return new GatewayError('invalid_parameter', `Invalid schema for response_format: ${why}`, { param: 'response_format', cause });
}
