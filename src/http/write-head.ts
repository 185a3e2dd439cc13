import { type OutgoingHttpHeaders } from 'node:http';
import { edgeHeaders } from './edge-headers.js';
import { type GatewayReply } from './gateway-request.js';

type Headers = Readonly<Record<string, string | number>>;

/**
 * Takes an answer over from Fastify and writes its head: the headers of every answer, those that were set on the reply, and its own. All at once, since Fastify
 * looks at each header that it is given, and gives all of them back as a copy.
 *
 * @param length of the body that follows, in bytes; of a stream there is none
 */
export function writeHead(reply: GatewayReply, status: number, headers: Headers, length?: number): void {
  const { raw, request } = reply;
  reply.hijack();
  const all = Object.assign(edgeHeaders(request.id, request.url), reply.getHeaders(), headers) as OutgoingHttpHeaders;
  if (length !== undefined) all['content-length'] = length;
  raw.writeHead(status, all);
}
