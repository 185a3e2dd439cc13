import { type Socket } from 'node:net';
import { GatewayError } from '../kernel/gateway-error.js';

/** Requests that a connection may have unanswered: nobody needs to send more ahead, and each of them is work. */
const MAX_PIPELINED = 32;

const UNANSWERED = Symbol('unanswered');

/** Its count is its own: a table of connections is looked up twice for every request. */
interface CountedSocket extends Socket {
  [UNANSWERED]?: number;
}

/** Counts the requests that came over a connection ahead of their answers (HTTP pipelining). */
export const pipeline = {
  /** @throws GatewayError `concurrency_limit_exceeded` */
  enter(socket: CountedSocket): void {
    const unanswered = (socket[UNANSWERED] ?? 0) + 1;
    socket[UNANSWERED] = unanswered;
    if (unanswered > MAX_PIPELINED) {
      throw new GatewayError('concurrency_limit_exceeded', `A connection may have ${MAX_PIPELINED} requests waiting for their answers.`, {
        retryAfter: 1,
        headers: { connection: 'close' },
      });
    }
  },

  leave(socket: CountedSocket): void {
    socket[UNANSWERED] = (socket[UNANSWERED] ?? 1) - 1;
  },
};
