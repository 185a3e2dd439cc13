import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createHmac } from 'node:crypto';
import { KeyDigest } from './key-digest.js';

describe(KeyDigest.name, () => {
  it('is HMAC-SHA-256, for secrets and keys of every length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.array(fc.string({ unit: 'binary', maxLength: 200 }), { maxLength: 3 }), (secret, keys) => {
        const digest = new KeyDigest(secret);
        for (const key of keys) expect(digest.of(key)).toEqual(createHmac('sha256', secret).update(key).digest());
      }),
    );
  });
});
