import { type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { type AllowList } from './allow-list.js';
import { DialError } from './dial-error.js';
import { isPublicAddress } from './public-address.js';

/** `dns.lookup` with `all: true`. */
export type Resolve = (hostname: string, options: LookupOptions & { all: true }, done: (error: Error | null, addresses?: LookupAddress[]) => void) => void;

/**
 * Connects only where every address of the host may be reached. The addresses that were checked are the ones that the socket connects to: a name that
 * resolves to something else a moment later gains nothing.
 */
export function guardedConnector(allow: AllowList, timeoutMs: number, resolve: Resolve): buildConnector.connector {
  const mayReach = (host: string, address: string): boolean => isPublicAddress(address) || allow.hasAddress(address) || allow.hasHost(host);
  const lookup: LookupFunction = (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, addresses = []) => {
      const [first] = addresses;
      if (error || !first || !addresses.every(({ address }) => mayReach(hostname, address))) done(new DialError('address', error ?? undefined), []);
      else if (options.all === true) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };
  const connect = buildConnector({ lookup, timeout: timeoutMs, allowH2: false });
  return (options, callback) => {
    const host = options.hostname.replace(/^\[(.*)\]$/, '$1');
    // Nothing is looked up for an address.
    if (isIP(host) > 0 && !mayReach(host, host)) callback(new DialError('address'), null);
    else connect(options, callback);
  };
}
