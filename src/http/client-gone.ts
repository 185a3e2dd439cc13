import { type GatewayReply } from './gateway-request.js';
import { GatewayError } from '../kernel/gateway-error.js';

/** A controller that is aborted when the client leaves before its answer is out. */
export function abortOnClientGone({ raw }: GatewayReply): AbortController {
  const abort = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) abort.abort(new GatewayError('internal_error', 'The client closed the connection.'));
  });
  return abort;
}
