import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Socket } from 'node:net';
import { edgeHeaders } from './edge-headers.js';
import { errorBody } from './error-body.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { encodeError } from '../wire/openai-chat/encode-error.js';

/** What Fastify refuses before its hooks run, such as a URL that cannot be decoded: in the contract's shape all the same. */
export function answerFrameworkError(error: Error & { statusCode?: number }, request: FastifyRequest, reply: FastifyReply): void {
  const body = errorBody(new GatewayError('invalid_parameter', 'The request URL is not valid.', { cause: error }), request);
  void reply
    .status(400)
    .headers({ ...edgeHeaders(request.id, request.url), 'content-type': 'application/json; charset=utf-8' })
    .send(JSON.stringify(body));
}

/** What Node's parser refuses: not even a request. The connection is closed behind it. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, gatewayError] = refusalOf(error.code);
  const body = JSON.stringify(encodeError(gatewayError));
  const head = [`HTTP/1.1 ${status}`, 'content-type: application/json; charset=utf-8', `content-length: ${Buffer.byteLength(body)}`, 'connection: close'];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function refusalOf(code: string | undefined): [string, GatewayError] {
  if (code === 'HPE_HEADER_OVERFLOW') return ['431 Request Header Fields Too Large', new GatewayError('invalid_header_value', 'The request headers are too large.')];
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return ['408 Request Timeout', new GatewayError('invalid_parameter', 'The request did not arrive in time.')];
  return ['400 Bad Request', new GatewayError('invalid_parameter', 'The request is not valid HTTP.')];
}
