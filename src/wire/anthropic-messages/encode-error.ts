import { type ErrorCode, errorTypes, type GatewayError } from '../../kernel/gateway-error.js';

type AnthropicErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'permission_error'
  | 'not_found_error'
  | 'request_too_large'
  | 'rate_limit_error'
  | 'overloaded_error'
  | 'timeout_error'
  | 'api_error';

/** Anthropic's error body. */
export interface AnthropicError {
  readonly type: 'error';
  readonly error: { readonly type: AnthropicErrorType; readonly message: string; readonly details?: object };
  readonly request_id: string;
}

/** Writes an error as the Anthropic API does, in a body and in a stream. It has no field for the parameter at fault: that stands before the message. */
export function encodeError({ code, message, param }: GatewayError, requestId: string): AnthropicError {
  const place = param === undefined || message.includes(param) ? '' : `${param}: `;
  const details = code === 'unsupported_parameter' && param === 'thread' ? { details: WITHOUT_THREAD } : {};
  return { type: 'error', error: { type: typeOf(code), message: place + message, ...details }, request_id: requestId };
}

/** By this a client library knows that it is to send the whole conversation in place of what is new in it. */
const WITHOUT_THREAD = { error_code: 'thread_unsupported_request', unsupported: ['thread'] };

/** Where Anthropic has a word of its own (contract, section 5). */
const ownTypes: Readonly<Partial<Record<ErrorCode, AnthropicErrorType>>> = {
  model_not_found: 'not_found_error',
  session_not_found: 'not_found_error',
  not_found: 'not_found_error',
  payload_too_large: 'request_too_large',
  provider_unavailable: 'overloaded_error',
  queue_full: 'overloaded_error',
  shutting_down: 'overloaded_error',
  timeout: 'timeout_error',
};

/** Anthropic has no conflict: its clients are to try again, as after a rate limit. */
function typeOf(code: ErrorCode): AnthropicErrorType {
  const type = errorTypes[code];
  return ownTypes[code] ?? (type === 'conflict_error' ? 'rate_limit_error' : type);
}
