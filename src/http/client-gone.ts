import { type ServerResponse } from 'node:http';
import { type GatewayReply, type GatewayRequest } from './gateway-request.js';
import { GatewayError } from '../kernel/gateway-error.js';

/** A controller for the work on a request: aborted when its client leaves before the answer is out ({@link endWork}), and by a shutdown that waits no longer. */
export function abortOnClientGone({ context }: GatewayRequest, { raw }: GatewayReply): AbortController {
  const abort = new AbortController();
  context.abort = abort;
  if (raw.destroyed) abortUnfinished({ context }, raw);
  return abort;
}

/** A response has come to its end, and with it the work on its request, where something else does not stand in the response's place. */
export function endWork({ context, place }: GatewayRequest, reply: GatewayReply, raw: ServerResponse): void {
  if (reply.raw === raw) abortUnfinished({ context }, raw);
  place?.leave();
}

/** What a response was made for that is closed: nobody waits for it any more, unless all of it is out. */
export function abortUnfinished({ context }: Pick<GatewayRequest, 'context'>, { writableFinished }: Pick<ServerResponse, 'writableFinished'>): void {
  if (!writableFinished) context.abort?.abort(new GatewayError('internal_error', 'The client closed the connection.'));
}
