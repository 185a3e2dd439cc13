import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isPublicAddress } from './public-address.js';

describe(isPublicAddress.name, () => {
  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '172.15.255.255',
    '172.32.0.1',
    '100.63.255.255',
    '100.128.0.0',
    '223.255.255.255',
    '192.0.1.1',
    '2606:4700::1111',
    '2a00:1450:4001::8a',
    '2a00:1450:4001:801::5eff:1',
    '2606:4700:4700::64',
  ])('%s is', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ...['0.0.0.0', '0.1.2.3', '10.0.0.1', '100.64.0.1', '100.127.255.255', '127.0.0.1', '127.255.255.254', '168.63.129.16', '169.254.169.254', '172.16.0.1', '172.31.255.255'],
    ...[
      '192.0.0.1',
      '192.0.2.1',
      '192.88.99.1',
      '192.168.1.1',
      '198.18.0.1',
      '198.19.255.255',
      '198.51.100.1',
      '203.0.113.1',
      '224.0.0.1',
      '239.1.1.1',
      '240.0.0.1',
      '255.255.255.255',
    ],
    ...['::', '::1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '::7f00:1', '64:ff9b::7f00:1', '64:ff9b:1::1', '100::1', '2001::1', '2001:0:4136:e378::1', '2001:20::1', '2001:db8::1'],
    ...['2002:7f00:1::1', '3fff::1', '5f00::1', 'fc00::1', 'fd12::1', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1', '', 'localhost', '1', '127.1'],
    // Translated, tunnelled and embedded IPv4, however it is written.
    ...['::ffff:a9fe:a9fe', '::FFFF:10.0.0.1', '0:0:0:0:0:ffff:7f00:1', '::ffff:0:127.0.0.1', '64:ff9b::10.0.0.1', '64:ff9b::8.8.8.8', '64:ff9b:1:ffff::a00:1'],
    ...['2002:a00:1::', '2002:c0a8:101::1', '2002:808:808::1', '2001:0:7f00:1::', '2001:0000:4136:e378:8000:63bf:3fff:fdd2', '2001::ffff:ffff'],
    ...['2a00:1450:4001:801:0:5efe:10.0.0.1', '2a00:1450:4001:801:200:5efe:a00:1', '2a00::5efe:7f00:1', 'fe80::5efe:10.0.0.1', 'fe80::200:5efe:c0a8:101'],
    ...['ff00::', 'ff0e::1', '4000::1', '::2', '::ffff:0.0.0.0', '0.255.255.255', '100.100.100.200', '192.168.0.0', '169.254.170.2', 'fd00:ec2::254', '224.0.0.251'],
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it('no address of a private range is, whatever its family', () => {
    fc.assert(
      fc.property(fc.constantFrom(10, 127, 0, 169), fc.nat(255), fc.nat(255), fc.nat(255), (first, second, third, fourth) => {
        const v4 = `${first}.${first === 169 ? 254 : second}.${third}.${fourth}`;
        for (const address of [v4, `::ffff:${v4}`, `::${v4}`, `64:ff9b::${v4}`]) expect(isPublicAddress(address)).toBe(false);
      }),
    );
  });
});
