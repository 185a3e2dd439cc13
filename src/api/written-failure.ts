import { type WrittenFailure } from '../completion/operation.js';
import { statusOf } from '../kernel/status-of.js';
import { type GatewayError } from '../kernel/gateway-error.js';
import { encodeError } from '../wire/openai-chat/encode-error.js';

/** A failure as the endpoints with OpenAI's error body answer it. */
export function writtenFailure(error: GatewayError): WrittenFailure {
  return { status: error.vendor?.status ?? statusOf[error.code], body: encodeError(error) };
}
