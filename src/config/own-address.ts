import { isLoopbackName } from './loopback.js';
import { type ServerSettings } from './server-settings.js';
import { ConfigurationError } from './settings.js';

/** Stops the start where a vendor's base URL is this gateway itself: every request would come back for ever. @throws ConfigurationError */
export function refuseOwnAddress(variable: string, baseUrl: string | undefined, { host, port }: Pick<ServerSettings, 'host' | 'port'>): void {
  if (baseUrl === undefined || !URL.canParse(baseUrl)) return;
  const { hostname, port: given, protocol } = new URL(baseUrl);
  const vendorPort = given === '' ? (protocol === 'https:' ? 443 : 80) : Number(given);
  const everywhere = host === '0.0.0.0' || host === '::';
  const sameHost = hostname === host || (isLoopbackName(hostname) && (everywhere || isLoopbackName(host)));
  if (sameHost && vendorPort === port) throw new ConfigurationError(`${variable}: is this gateway's own address; requests would go round in a circle`);
}
