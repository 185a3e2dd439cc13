import { type ErrorCode, type GatewayError } from '../../kernel/gateway-error.js';

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
  return { type: 'error', error: { type: typeOf[code], message: place + message, ...details }, request_id: requestId };
}

/** By this a client library knows that it is to send the whole conversation in place of what is new in it. */
const WITHOUT_THREAD = { error_code: 'thread_unsupported_request', unsupported: ['thread'] };

/** Contract, section 5. */
const typeOf: Readonly<Record<ErrorCode, AnthropicErrorType>> = {
  invalid_json: 'invalid_request_error',
  invalid_parameter: 'invalid_request_error',
  invalid_header_value: 'invalid_request_error',
  unsupported_parameter: 'invalid_request_error',
  unsupported_operation: 'invalid_request_error',
  context_length_exceeded: 'invalid_request_error',
  invalid_api_key: 'authentication_error',
  model_not_allowed: 'permission_error',
  insufficient_scope: 'permission_error',
  origin_not_allowed: 'permission_error',
  model_not_found: 'not_found_error',
  session_not_found: 'not_found_error',
  not_found: 'not_found_error',
  method_not_allowed: 'invalid_request_error',
  unsupported_media_type: 'invalid_request_error',
  session_busy: 'rate_limit_error',
  idempotency_conflict: 'rate_limit_error',
  payload_too_large: 'request_too_large',
  rate_limit_exceeded: 'rate_limit_error',
  concurrency_limit_exceeded: 'rate_limit_error',
  budget_exceeded: 'rate_limit_error',
  provider_rate_limited: 'rate_limit_error',
  internal_error: 'api_error',
  cli_failed: 'api_error',
  upstream_error: 'api_error',
  output_limit_exceeded: 'api_error',
  invalid_structured_output: 'api_error',
  loop_detected: 'api_error',
  provider_unavailable: 'overloaded_error',
  queue_full: 'overloaded_error',
  shutting_down: 'overloaded_error',
  timeout: 'timeout_error',
};
