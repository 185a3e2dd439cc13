import { GatewayError } from '../kernel/gateway-error.js';

/** A `timeout`; once a turn `began` a client library must not spend another one on its own. */
export function timeoutError(message: string, began: boolean): GatewayError {
  return new GatewayError('timeout', message, began ? { shouldRetry: false } : {});
}
