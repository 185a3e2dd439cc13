import { GatewayError } from '../kernel/gateway-error.js';

/** A `timeout` of a turn: it may have been spent, so that a client library must not spend another one on its own. */
export function timeoutError(message: string): GatewayError {
  return new GatewayError('timeout', message, { shouldRetry: false });
}
