import { type IncomingMessage } from 'node:http';
import { type Socket } from 'node:net';
import { GatewayError } from '../kernel/gateway-error.js';

/** Requests that a connection may have unanswered: nobody needs to send more ahead, and each of them is work. */
const MAX_PIPELINED = 32;

/** What decides who asks and whom: of two values one would be taken here, and the other by a proxy before us. */
const once: ReadonlyMap<string, string> = new Map([
  ['host', 'Host'],
  ['authorization', 'Authorization'],
]);

/**
 * What Node's parser lets through and the gateway does not.
 *
 * @throws GatewayError `invalid_header_value`, `invalid_parameter`
 */
export function checkHead({ url = '', httpVersion, headers, rawHeaders }: Pick<IncomingMessage, 'url' | 'httpVersion' | 'headers' | 'rawHeaders'>): void {
  // A whole URL names a host of its own.
  if (!url.startsWith('/') && url !== '*') throw new GatewayError('invalid_parameter', 'Ask for a path: the gateway is no proxy.');
  if (headers.host === undefined && httpVersion === '1.1') throw new GatewayError('invalid_header_value', 'The request names no Host.', { param: 'Host' });
  if (headers.expect !== undefined && headers.expect.toLowerCase() !== '100-continue') {
    throw new GatewayError('invalid_header_value', 'Nothing but "100-continue" can be expected.', { param: 'Expect' });
  }
  for (const [name, written] of once) {
    if (countOf(rawHeaders, name) > 1) throw new GatewayError('invalid_header_value', `${written} may be given once.`, { param: written });
  }
}

/** Names and values take turns. */
function countOf(rawHeaders: readonly string[], name: string): number {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const given = rawHeaders[at];
    if (given?.length === name.length && given.toLowerCase() === name) count++;
  }
  return count;
}

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
