import { type ErrorCode, type ErrorType, errorTypes, type GatewayError } from '../../kernel/gateway-error.js';

/** OpenAI's error body. */
export interface ChatError {
  readonly error: { readonly message: string; readonly type: ErrorType; readonly param: string | null; readonly code: ErrorCode };
}

/** Writes an error as the OpenAI API does, in a body and in a stream. */
export function encodeError(error: GatewayError): ChatError {
  return { error: { message: error.message, type: errorTypes[error.code], param: error.param ?? null, code: error.code } };
}
