import { HttpException } from '@nestjs/common';
import { type ErrorCode, GatewayError, toGatewayError } from '../kernel/gateway-error.js';

const byStatus: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  400: ['invalid_json', 'The request body is not valid JSON.'],
  404: ['not_found', 'There is no such endpoint.'],
  405: ['method_not_allowed', 'This endpoint does not take that method.'],
  413: ['payload_too_large', 'The request body is larger than the limit.'],
  414: ['invalid_parameter', 'The request URL is too long.'],
  415: ['unsupported_media_type', 'Send the body as application/json.'],
  431: ['invalid_header_value', 'The request headers are too large.'],
};

/** Any error of Nest, Fastify or ours as a {@link GatewayError}. What Fastify and Nest say of themselves does not reach the client. */
export function httpErrorOf(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  const status = statusIn(error);
  const [code, message] = (status === undefined ? undefined : byStatus[status]) ?? [];
  if (code !== undefined && message !== undefined) return new GatewayError(code, message, { cause: error });
  if (status !== undefined && status >= 400 && status < 500) return new GatewayError('invalid_parameter', 'The request is not valid.', { cause: error });
  return toGatewayError(error);
}

function statusIn(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : undefined;
}
