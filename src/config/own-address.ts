import { isLoopbackName } from './loopback.js';
import { type ServerSettings } from './server-settings.js';
import { ConfigurationError } from './settings.js';

/** Stops the start where a vendor's base URL is this gateway itself: every request would come back for ever. @throws ConfigurationError */
export function refuseOwnAddress(variable: string, baseUrl: string | undefined, { host, port }: Pick<ServerSettings, 'host' | 'port'>): void {
  if (baseUrl === undefined || !URL.canParse(baseUrl)) return;
  const url = new URL(baseUrl);
  if (portOf(url) === port && reaches(url.hostname, host)) {
    throw new ConfigurationError(`${variable}: is this gateway's own address; requests would go round in a circle`);
  }
}

function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}

function reaches(hostname: string, host: string): boolean {
  const name = /^(0\.0\.0\.0|\[::\])$/.test(hostname) ? 'localhost' : hostname; // which is where they lead
  return name === host || (isLoopbackName(name) && (host === '0.0.0.0' || host === '::' || isLoopbackName(host)));
}
