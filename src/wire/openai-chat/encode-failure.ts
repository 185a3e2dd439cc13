import { type ChatCompletionHead } from './encode-completion.js';
import { encodeError } from './encode-error.js';
import { encodeFrame } from '../sse/frame.js';
import { type GatewayError } from '../../kernel/gateway-error.js';

/** The end of a stream that failed: a chunk that says so, the error, and no `[DONE]`. For streams whose frames are not our own. */
export function encodeFailure({ id, created, model }: ChatCompletionHead, error: GatewayError): string {
  const chunk = { id, object: 'chat.completion.chunk', created, model, choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: 'error' }] };
  return encodeFrame({ data: JSON.stringify(chunk) }) + encodeFrame({ data: JSON.stringify(encodeError(error)) });
}
