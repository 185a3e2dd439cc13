import { type ErrorCode, type GatewayError } from '../../kernel/gateway-error.js';

/** The codes that OpenAI has for a response which failed; whatever is not named is a `server_error`. By the last one, which its document lacks, Codex knows that it has to compact. */
const codes: Readonly<Partial<Record<ErrorCode, string>>> = {
  provider_rate_limited: 'rate_limit_exceeded',
  rate_limit_exceeded: 'rate_limit_exceeded',
  invalid_parameter: 'invalid_prompt',
  unsupported_parameter: 'invalid_prompt',
  context_length_exceeded: 'context_length_exceeded',
};

/** The `error` of a response. */
export function encodeError({ code, message }: GatewayError): { readonly code: string; readonly message: string } {
  return { code: codes[code] ?? 'server_error', message };
}
