import { type IncomingMessage } from 'node:http';
import { GatewayError } from '../kernel/gateway-error.js';

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
