import { type Socket } from 'node:net';
import { GatewayError } from '../kernel/gateway-error.js';

/** Requests that a connection may have unanswered: nobody needs to send more ahead, and each of them is work. */
const MAX_PIPELINED = 32;

/** Counts the requests that came over a connection ahead of their answers (HTTP pipelining). */
export class Pipeline {
  readonly #unanswered = new WeakMap<Socket, number>();

  /** @throws GatewayError `concurrency_limit_exceeded` */
  enter(socket: Socket): void {
    const unanswered = (this.#unanswered.get(socket) ?? 0) + 1;
    this.#unanswered.set(socket, unanswered);
    if (unanswered > MAX_PIPELINED) {
      throw new GatewayError('concurrency_limit_exceeded', `A connection may have ${MAX_PIPELINED} requests waiting for their answers.`, {
        retryAfter: 1,
        headers: { connection: 'close' },
      });
    }
  }

  leave(socket: Socket): void {
    this.#unanswered.set(socket, (this.#unanswered.get(socket) ?? 1) - 1);
  }
}
