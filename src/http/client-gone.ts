import { type GatewayReply, type GatewayRequest } from './gateway-request.js';
import { GatewayError } from '../kernel/gateway-error.js';

/** A controller for the work on a request: aborted when its client leaves before the answer is out, and by a shutdown that waits no longer. */
export function abortOnClientGone({ context }: GatewayRequest, { raw }: GatewayReply): AbortController {
  const abort = new AbortController();
  context.abort = abort;
  raw.once('close', () => {
    if (!raw.writableFinished) abort.abort(new GatewayError('internal_error', 'The client closed the connection.'));
  });
  return abort;
}
