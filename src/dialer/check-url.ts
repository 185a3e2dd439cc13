import { isIP } from 'node:net';
import { type AllowList } from './allow-list.js';
import { DialError } from './dial-error.js';
import { isPublicAddress } from './public-address.js';

/**
 * A URL that a client named, as far as it can be judged before it is asked: http or https, no user name, and no address, or name of this very machine, that may not be reached.
 *
 * @throws DialError `url`, `address`
 */
export function checkUrl(text: string, allow: AllowList): URL {
  const url = readUrl(text);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  const isLocal = isIP(host) > 0 ? !isPublicAddress(host) : /(^|\.)localhost$/.test(host);
  if (isLocal && !allow.hasAddress(host) && !allow.hasHost(host)) throw new DialError('address');
  return url;
}

/** @throws DialError `url` for one that is not to be asked */
export function readUrl(text: string): URL {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') throw new DialError('url');
  return url;
}
