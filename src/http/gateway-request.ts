import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Place } from './place.js';
import { type Client } from '../auth/client.js';
import { type RequestContext } from '../observability/request-context.js';

/** A request as guards and handlers see it. `client` is set by the key guard, on every route that is not public. */
export interface GatewayRequest extends FastifyRequest {
  client: Client;
  context: RequestContext;
  /** Where it has a body, or its client has a limit on requests at once and the route counts against it. */
  place?: Place;
  /** To be told how many bytes its body had, where room was taken for it. */
  bodyRead?: (length: number) => void;
}

export type GatewayReply = FastifyReply;
