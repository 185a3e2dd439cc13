import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isLocalPass, issueLocalPass, looksLocal } from './local-pass.js';
import { Passes } from './pass.js';

const passes = new Passes('s'.repeat(32));
const now = 1_790_000_000_000;
const MINUTE = 60_000;

describe('a local pass', () => {
  it('is good for five minutes', () => {
    const pass = issueLocalPass(passes, now);
    expect(looksLocal(pass)).toBe(true);
    expect(isLocalPass(passes, pass, now + 4 * MINUTE)).toBe(true);
    expect(isLocalPass(passes, pass, now + 5 * MINUTE)).toBe(false);
  });

  it.each<[string, string]>([
    ['under another secret', issueLocalPass(new Passes('t'.repeat(32)), now)],
    ['of another purpose', `shellm-local-${passes.sign('dashboard', 'command', now + MINUTE)}`],
    ['for another subject', `shellm-local-${passes.sign('local', 'somebody', now + MINUTE)}`],
    ['that lasts longer than any', `shellm-local-${passes.sign('local', 'command', now + 60 * MINUTE)}`],
    ['without its beginning', passes.sign('local', 'command', now + MINUTE)],
    ['without its end', issueLocalPass(passes, now).slice(0, -1)],
    ['that is empty', 'shellm-local-'],
    ['that is endless', `shellm-local-${'a'.repeat(100_000)}.b`],
  ])('is none %s', (_, pass) => {
    expect(isLocalPass(passes, pass, now)).toBe(false);
  });

  it('is none where a character of it is another', () => {
    const pass = issueLocalPass(passes, now);
    // The last character has bits that count for nothing.
    fc.assert(
      fc.property(fc.integer({ min: 13, max: pass.length - 2 }), fc.constantFrom(...'abcXYZ019-_.'), (at, other) => {
        fc.pre(pass[at] !== other);
        expect(isLocalPass(passes, pass.slice(0, at) + other + pass.slice(at + 1), now)).toBe(false);
      }),
    );
  });
});
