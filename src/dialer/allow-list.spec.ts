import { describe, expect, it } from '@jest/globals';
import { AllowList } from './allow-list.js';

const list = new AllowList(['Files.example.com', '*.cdn.example', '10.1.0.0/16', '127.0.0.1', 'fd00::/8', '::1'], 'images.allow');

describe(AllowList.name, () => {
  it.each([
    ['files.example.com', true],
    ['FILES.EXAMPLE.COM.', true],
    ['a.files.example.com', false],
    ['a.b.cdn.example', true],
    ['cdn.example', false],
    ['.cdn.example', false],
    ['evilcdn.example', false],
    ['127.0.0.1', false],
  ])('the host %s: %s', (host, listed) => {
    expect(list.hasHost(host)).toBe(listed);
  });

  it.each([
    ['10.1.2.3', true],
    ['10.2.0.1', false],
    ['127.0.0.1', true],
    ['127.0.0.2', false],
    ['fd12::1', true],
    ['::1', true],
    ['::2', false],
    ['fe80::1', false],
  ])('the address %s: %s', (address, listed) => {
    expect(list.hasAddress(address)).toBe(listed);
  });

  it('an empty one holds nothing', () => {
    const none = new AllowList([], 'images.allow');
    expect([none.hasHost('localhost'), none.hasAddress('127.0.0.1'), none.hasAddress('::1')]).toEqual([false, false, false]);
  });

  it.each(['10.0.0.0/33', '::1/129'])('refuses %s', (range) => {
    expect(() => new AllowList([range], 'images.allow')).toThrow(`shellm.config.yaml: images.allow: "${range}" is no range of addresses`);
  });
});
