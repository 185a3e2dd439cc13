import { randomUUID } from 'node:crypto';
import { type Server, type ServerResponse } from 'node:http';
import { type Duplex } from 'node:stream';
import { type Socket } from 'node:net';
import { edgeHeaders } from './edge-headers.js';
import { LINGER_BYTES, LINGER_MS } from './linger.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { encodeError } from '../wire/openai-chat/encode-error.js';

/** Bytes that a connection had brought when it was refused. */
const refused = new WeakMap<Duplex, number>();

/** What Node's parser refuses: not even a request. The connection is closed behind the answer. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (refused.has(socket)) {
    // It goes on sending what nobody can read.
    if (socket.bytesRead - (refused.get(socket) ?? 0) > LINGER_BYTES) socket.destroy();
    return;
  }
  // Behind the beginning of another answer there is no place for this one.
  if (error.code === 'ECONNRESET' || !socket.writable || isAnswering(socket)) socket.destroy();
  else refuse(socket, ...refusalOf(error.code));
}

/** What Node would answer by itself, without a word, or not at all: `CONNECT`, and what else than `100-continue` a client expects. */
export function answerOddRequests(server: Server): void {
  server.on('connect', (_, socket: Duplex) => {
    refuse(socket, '405 Method Not Allowed', new GatewayError('method_not_allowed', 'The gateway is no proxy.'));
  });
  server.on('checkExpectation', (request, response) => {
    server.emit('request', request, response); // refused there, as any request is
  });
}

function refuse(socket: Duplex, status: string, error: GatewayError): void {
  refused.set(socket, 'bytesRead' in socket ? Number(socket.bytesRead) : 0);
  const body = JSON.stringify(encodeError(error));
  const headers = { ...edgeHeaders(randomUUID(), ''), 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body), connection: 'close' };
  const head = [`HTTP/1.1 ${status}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
  const timer = setTimeout(() => {
    socket.destroy();
  }, LINGER_MS).unref();
  socket
    .once('close', () => {
      clearTimeout(timer);
    })
    .on('error', () => undefined)
    .end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** As Node itself finds out (https://github.com/nodejs/node/blob/main/lib/_http_server.js, `socketOnError`). */
function isAnswering(socket: Socket): boolean {
  const { _httpMessage: response } = socket as { readonly _httpMessage?: ServerResponse | null };
  return response?.headersSent === true;
}

function refusalOf(code: string | undefined): [string, GatewayError] {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return ['431 Request Header Fields Too Large', new GatewayError('invalid_header_value', 'The request headers are too large.')];
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return ['413 Payload Too Large', new GatewayError('payload_too_large', 'The extensions of the body’s chunks are too large.')];
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return ['408 Request Timeout', new GatewayError('invalid_parameter', 'The request did not arrive in time.')];
    default:
      return ['400 Bad Request', new GatewayError('invalid_parameter', 'The request is not valid HTTP.')];
  }
}
