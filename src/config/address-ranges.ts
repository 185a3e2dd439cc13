import { ValidateBy } from 'class-validator';
import { BlockList, isIP, isIPv6 } from 'node:net';

/** Addresses and ranges of addresses (`10.0.0.0/8`, `fd00::/8`, `127.0.0.1`). A range of IPv4 holds its addresses that are mapped into IPv6 too. */
export class AddressRanges {
  readonly #list = new BlockList();

  /** False for what is no address and no range. */
  add(entry: string): boolean {
    const [address = '', prefix, ...rest] = entry.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    const bits = family === 'ipv6' ? 128 : 32;
    if (isIP(address) === 0 || rest.length > 0 || (prefix !== undefined && !(/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits))) return false;
    this.#list.addSubnet(address, Number(prefix ?? bits), family);
    return true;
  }

  /** False for what is no address. */
  has(address: string): boolean {
    const family = isIP(address);
    return family > 0 && this.#list.check(address, family === 6 ? 'ipv6' : 'ipv4');
  }
}

/** Refuses a list with an entry that is no address and no range of addresses. */
export function IsAddressRanges(message: string): PropertyDecorator {
  const isRange = (entry: unknown): boolean => typeof entry === 'string' && new AddressRanges().add(entry);
  return ValidateBy({ name: 'isAddressRanges', validator: { validate: (value) => Array.isArray(value) && value.every(isRange), defaultMessage: () => message } });
}
