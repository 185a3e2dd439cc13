import { BlockList, isIPv4 } from 'node:net';

/** What is not the public internet, by the IANA special-purpose registries; and one cloud's own services, which answer at an address that looks public. */
const special4 = subnets('ipv4', [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
]);
/** Global unicast: loopback, mapped and translated IPv4, unique-local, link-local and multicast addresses lie outside. */
const global6 = subnets('ipv6', ['2000::/3']);
/** Inside it: protocol assignments with Teredo, documentation, 6to4. */
const special6 = subnets('ipv6', ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20']);

/** Whether an IP address is one of the public internet; false for whatever is no address. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !special4.check(address, 'ipv4');
  return global6.check(address, 'ipv6') && !special6.check(address, 'ipv6') && !isIsatap(address);
}

/** An IPv4 address, most often a private one, in the second half of a global one (https://www.rfc-editor.org/rfc/rfc5214#section-6.1). */
function isIsatap(address: string): boolean {
  const [head = '', tail] = address.split('::', 2);
  const [before, after] = [groupsOf(head), groupsOf(tail ?? '')];
  const groups = [...before, ...Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => 0), ...after];
  return (groups[4] === 0 || groups[4] === 0x0200) && groups[5] === 0x5efe;
}

/** The 16-bit groups of one side of an IPv6 address; an IPv4 address at its end counts as two. */
function groupsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => (group.includes('.') ? [0, 0] : [Number.parseInt(group, 16)]));
}

function subnets(family: 'ipv4' | 'ipv6', ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    list.addSubnet(address, Number(prefix), family);
  }
  return list;
}
