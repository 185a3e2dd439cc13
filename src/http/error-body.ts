import { type FastifyRequest } from 'fastify';
import { speaksAnthropic } from './speaks-anthropic.js';
import { type GatewayError } from '../kernel/gateway-error.js';
import { encodeError as encodeAnthropicError } from '../wire/anthropic-messages/encode-error.js';
import { encodeError } from '../wire/openai-chat/encode-error.js';

/** The body of an error in the shape of the API that was asked (contract, section 5). */
export function errorBody(error: GatewayError, request: Pick<FastifyRequest, 'id' | 'url' | 'headers'>): object {
  return speaksAnthropic(request) ? encodeAnthropicError(error, request.id) : encodeError(error);
}
