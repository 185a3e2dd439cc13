import { type FastifyRequest } from 'fastify';
import { isIP } from 'node:net';

/** Who a request is from, by the word of the proxies that are trusted (`SHELLM_TRUST_PROXY`); what is no address is nobody's word. */
export function clientAddress({ ip, raw }: FastifyRequest): string {
  return isIP(ip) > 0 ? ip : (raw.socket.remoteAddress ?? '');
}
