import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { presentedKey } from './presented-key.js';

const key = fc.stringMatching(/^[\x21-\x7e]{1,512}$/);
const scheme = fc.constantFrom('Bearer ', 'bearer ', 'BEARER ');
/** What a header may hold on the wire, read as Latin-1. */
const wild = fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)), maxLength: 20_000 });

describe(presentedKey.name, () => {
  it('is that of either header', () => {
    fc.assert(
      fc.property(key, scheme, (value, word) => {
        expect(presentedKey({ authorization: word + value })).toBe(value);
        expect(presentedKey({ 'x-api-key': value })).toBe(value);
      }),
    );
  });

  it('is the bearer one where both are given, and never the other', () => {
    fc.assert(
      fc.property(wild, scheme, key, (bearer, word, other) => {
        expect(presentedKey({ authorization: word + bearer, 'x-api-key': other })).toBe(bearer.trim());
      }),
    );
  });

  it('is that of x-api-key beside another scheme', () => {
    fc.assert(
      fc.property(
        wild.filter((value) => !/^bearer /i.test(value)),
        key,
        (authorization, value) => {
          expect(presentedKey({ authorization, 'x-api-key': value })).toBe(value);
          expect(presentedKey({ authorization })).toBeUndefined();
        },
      ),
    );
  });

  it('is none where a header came as a list', () => {
    expect(presentedKey({ 'x-api-key': ['a', 'a'] })).toBeUndefined();
    expect(presentedKey({})).toBeUndefined();
  });
});
