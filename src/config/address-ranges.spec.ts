import { describe, expect, it } from '@jest/globals';
import { AddressRanges } from './address-ranges.js';

describe(AddressRanges.name, () => {
  it.each([
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '127.0.0.2', false],
    ['fd00::/8', 'fd12::1', true],
    ['fd00::/8', 'fe80::1', false],
    ['::1', '::1', true],
    ['0.0.0.0/0', '::1', false],
    ['::/0', '2001:db8::1', true],
    ['10.0.0.0/8', 'localhost', false],
    ['10.0.0.0/8', '', false],
    ['10.0.0.0/8', '10.0.0.1:80', false],
  ])('%s has %s: %s', (range, address, expected) => {
    const ranges = new AddressRanges();
    expect([ranges.add(range), ranges.has(address)]).toEqual([true, expected]);
  });

  it.each(['', '1', 'localhost', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/-1', '10.0.0.0/8/8', '10.0.0.0/x', '::1/129', '10.0.0/8', '*', 'true'])('takes no %j', (entry) => {
    expect(new AddressRanges().add(entry)).toBe(false);
  });
});
