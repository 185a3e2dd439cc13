import { type ErrorCode, GatewayError, type GatewayErrorOptions, toGatewayError } from '../kernel/gateway-error.js';

/** A GatewayError on its way to another process, but for its cause: only the log of where it came from has that. */
export interface WrittenFailure extends Omit<GatewayErrorOptions, 'cause'> {
  readonly code: ErrorCode;
  readonly message: string;
}

/** What is no GatewayError becomes one, as everywhere. */
export function encodeFailure(error: unknown): WrittenFailure {
  const { code, message, param, retryAfter, shouldRetry, headers, vendor, ofModel } = toGatewayError(error);
  return {
    code,
    message,
    ofModel,
    ...(param !== undefined && { param }),
    ...(retryAfter !== undefined && { retryAfter }),
    ...(shouldRetry !== undefined && { shouldRetry }),
    ...(headers && { headers }),
    ...(vendor && { vendor }),
  };
}

export function decodeFailure({ code, message, ...options }: WrittenFailure): GatewayError {
  return new GatewayError(code, message, options);
}
