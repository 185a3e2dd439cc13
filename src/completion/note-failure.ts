import { toGatewayError } from '../kernel/gateway-error.js';
import { type RequestContext } from '../observability/request-context.js';
import { type Listener } from '../streaming/listen.js';

/** A failure after the first byte leaves as a 200: only the log can tell. */
export function noteFailure(context: RequestContext | undefined): Listener<unknown> {
  return {
    failed: (failure) => {
      const { code, cause } = toGatewayError(failure);
      if (context) context.error = { code, cause };
    },
  };
}
