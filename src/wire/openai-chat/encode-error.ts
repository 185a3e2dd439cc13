import { errorTypes, type GatewayError } from '../../kernel/gateway-error.js';

/** OpenAI's error body. `type` and `code` are of the gateway's own table, or a vendor's words for its own refusal. */
export interface ChatError {
  readonly error: { readonly message: string; readonly type: string; readonly param: string | null; readonly code: string | null };
}

/** Writes an error as the OpenAI API does, in a body and in a stream. */
export function encodeError({ code, message, param, vendor }: GatewayError): ChatError {
  const { type, code: name } = vendor ?? { type: errorTypes[code], code };
  return { error: { message, type, param: param ?? null, code: name } };
}
