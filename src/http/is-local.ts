import { type FastifyRequest } from 'fastify';
import { forwardedBy } from './forwarded-by.js';
import { isLoopbackName } from '../config/loopback.js';

/** Whether a request comes from this machine, by its own connection: no proxy's word counts, and what a proxy or tunnel has passed on does not. */
export function isLocal({ raw, headers }: Pick<FastifyRequest, 'raw' | 'headers'>): boolean {
  return (
    isLoopbackName(raw.socket.remoteAddress ?? '') && isLoopbackName((headers.host ?? '').replace(/:\d*$/, '')) && headers.via === undefined && forwardedBy(headers) === undefined
  );
}
