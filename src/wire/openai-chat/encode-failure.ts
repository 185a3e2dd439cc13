import { type ChatCompletionHead } from './encode-completion.js';
import { encodeError } from './encode-error.js';
import { type GatewayError } from '../../kernel/gateway-error.js';

/** The end of a stream that failed: a chunk that says so, the error, and no `[DONE]`. For streams whose frames are not our own. */
export function encodeFailure({ id, created, model }: ChatCompletionHead, error: GatewayError): string {
  const chunk = { id, object: 'chat.completion.chunk', created, model, choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: 'error' }] };
  return `data: ${JSON.stringify(chunk)}\n\ndata: ${JSON.stringify(encodeError(error))}\n\n`;
}
