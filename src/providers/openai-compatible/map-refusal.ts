import { decodeError, type VendorError } from '../../wire/openai-chat/decode-error.js';
import { type ErrorCode, errorTypes, GatewayError } from '../../kernel/gateway-error.js';

/** A vendor's 4xx that is the request's own affair, where its body cannot pass unchanged: the code is the nearest to its status, the rest is the vendor's. */
export function mapRefusal(vendor: string, status: number, body: string, headers: Readonly<Record<string, string>>): GatewayError {
  const error = decodeError(body);
  const code = codeOf(status, error);
  const param = error.param ?? (code === 'model_not_found' ? 'model' : undefined);
  return new GatewayError(code, error.message ?? `${vendor} refused the request with status ${status}.`, {
    headers,
    vendor: { status, type: error.type ?? errorTypes[code], code: error.code ?? (recognized.has(code) ? code : null) },
    ...(param === undefined ? {} : { param }),
  });
}

/** What is meant whatever a vendor calls it: clients decide by it. Any other code here stands for its status alone. */
const recognized: ReadonlySet<ErrorCode> = new Set(['invalid_api_key', 'context_length_exceeded', 'model_not_found']);

/** What a status says by itself. Of 401 and 403, those that a client's own key met. */
const byStatus: ReadonlyMap<number, ErrorCode> = new Map([
  [401, 'invalid_api_key'],
  [403, 'insufficient_scope'],
  [404, 'not_found'],
  [405, 'method_not_allowed'],
  [409, 'idempotency_conflict'],
  [413, 'payload_too_large'],
  [415, 'unsupported_media_type'],
]);

function codeOf(status: number, error: VendorError): ErrorCode {
  if (status === 404 && isUnknownModel(error)) return 'model_not_found';
  return byStatus.get(status) ?? (isTooLong(error) ? 'context_length_exceeded' : 'invalid_parameter');
}

/** OpenAI and Cerebras name it by a code; Ollama, vLLM and llama.cpp have words alone. */
function isUnknownModel({ code, message = '' }: VendorError): boolean {
  return code === 'model_not_found' || (code === undefined && /\bmodel\b.{0,300}\b(not found|does not exist)|\bno such model\b/is.test(message));
}

/** OpenAI and those who follow it name it by a code, llama.cpp by a type; vLLM has words alone. */
function isTooLong({ code, type, message = '' }: VendorError): boolean {
  return code === 'context_length_exceeded' || type === 'exceed_context_size_error' || (code === undefined && message.includes('maximum context length'));
}
