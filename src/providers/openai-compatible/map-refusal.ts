import { readVendorError, type VendorError } from './vendor-error.js';
import { type ErrorCode, GatewayError } from '../../kernel/gateway-error.js';

/** A vendor's 4xx that is the request's own affair, in the vendor's words, where its body cannot pass unchanged: events know one kind of error. */
export function mapRefusal(vendor: string, status: number, body: string): GatewayError {
  const error = readVendorError(body);
  const code = codeOf(status, error);
  const param = error.param ?? (code === 'model_not_found' ? 'model' : undefined);
  return new GatewayError(code, error.message ?? `${vendor} refused the request with status ${status}.`, param === undefined ? {} : { param });
}

function codeOf(status: number, error: VendorError): ErrorCode {
  if (status === 404) return 'model_not_found';
  if (status === 413) return 'payload_too_large';
  return isTooLong(error) ? 'context_length_exceeded' : 'invalid_parameter';
}

/** OpenAI and those who follow it name it by a code, llama.cpp by a type; vLLM has words alone. */
function isTooLong({ code, type, message = '' }: VendorError): boolean {
  return code === 'context_length_exceeded' || type === 'exceed_context_size_error' || (code === undefined && message.includes('maximum context length'));
}
