import { type IncomingMessage } from 'node:http';
import { type GatewayError } from '../kernel/gateway-error.js';

/** A request that a worker (`SHELLM_WORKERS`) has handed on. */
export interface HandedOnRequest extends IncomingMessage {
  /** How its first provider failed, where the worker has asked it: the worker has counted the request, and holds its place. */
  failedBefore?: GatewayError;
}

/** How a request's provider failed in a worker; undefined for any other request. */
export function failedBefore(raw: HandedOnRequest): GatewayError | undefined {
  return raw.failedBefore;
}
