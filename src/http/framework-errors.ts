import { type FastifyReply, type FastifyRequest } from 'fastify';
import { edgeHeaders } from './edge-headers.js';
import { errorBody } from './error-body.js';
import { GatewayError } from '../kernel/gateway-error.js';

/** What Fastify refuses before its hooks run, such as a URL that cannot be decoded: in the contract's shape all the same. */
export function answerFrameworkError(error: Error & { statusCode?: number }, request: FastifyRequest, reply: FastifyReply): void {
  const body = errorBody(new GatewayError('invalid_parameter', 'The request URL is not valid.', { cause: error }), request);
  void reply
    .status(400)
    .headers({ ...edgeHeaders(request.id, request.url), 'content-type': 'application/json; charset=utf-8' })
    .send(JSON.stringify(body));
}
