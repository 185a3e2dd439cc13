import { BlockList, isIP, isIPv6 } from 'node:net';
import { ConfigurationError } from '../config/settings.js';

/** Hosts and addresses that may be reached although they are not public: what the configuration file lists under `allow`. */
export class AllowList {
  readonly #names = new Set<string>();
  /** `.example.com`: whatever ends so. */
  readonly #suffixes: string[] = [];
  readonly #addresses = new BlockList();

  /**
   * @param entries host names (`*.` before one stands for all below it), addresses and ranges of addresses
   * @param setting their place in the configuration file, for the error
   * @throws ConfigurationError for a range that is none
   */
  constructor(entries: readonly string[], setting: string) {
    for (const entry of entries) {
      const [address = '', prefix] = entry.split('/');
      if (isIP(address) > 0) this.#addRange(address, prefix, `shellm.config.yaml: ${setting}: "${entry}" is no range of addresses`);
      else if (entry.startsWith('*.')) this.#suffixes.push(plain(entry.slice(1)));
      else this.#names.add(plain(entry));
    }
  }

  hasHost(name: string): boolean {
    const host = plain(name);
    return this.#names.has(host) || this.#suffixes.some((suffix) => host.endsWith(suffix) && host.length > suffix.length);
  }

  hasAddress(address: string): boolean {
    return this.#addresses.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  }

  #addRange(address: string, prefix: string | undefined, wrong: string): void {
    const [family, bits] = isIPv6(address) ? (['ipv6', 128] as const) : (['ipv4', 32] as const);
    const length = Number(prefix ?? bits);
    if (length > bits) throw new ConfigurationError(wrong);
    this.#addresses.addSubnet(address, length, family);
  }
}

function plain(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
