import { isIP } from 'node:net';
import { AddressRanges } from '../config/address-ranges.js';
import { ConfigurationError } from '../config/settings.js';

/** Hosts and addresses that may be reached although they are not public: what the configuration file lists under `allow`. */
export class AllowList {
  readonly #names = new Set<string>();
  /** `.example.com`: whatever ends so. */
  readonly #suffixes: string[] = [];
  readonly #addresses = new AddressRanges();

  /**
   * @param entries host names (`*.` before one stands for all below it), addresses and ranges of addresses
   * @param setting their place in the configuration file, for the error
   * @throws ConfigurationError for a range that is none
   */
  constructor(entries: readonly string[], setting: string) {
    for (const entry of entries) {
      if (isIP(entry.split('/', 1)[0] ?? '') > 0) this.#addRange(entry, setting);
      else if (entry.startsWith('*.')) this.#suffixes.push(plain(entry.slice(1)));
      else this.#names.add(plain(entry));
    }
  }

  hasHost(name: string): boolean {
    const host = plain(name);
    return this.#names.has(host) || this.#suffixes.some((suffix) => host.endsWith(suffix) && host.length > suffix.length);
  }

  hasAddress(address: string): boolean {
    return this.#addresses.has(address);
  }

  #addRange(range: string, setting: string): void {
    if (!this.#addresses.add(range)) throw new ConfigurationError(`shellm.config.yaml: ${setting}: "${range}" is no range of addresses`);
  }
}

function plain(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
