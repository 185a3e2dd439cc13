import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Passes } from './pass.js';

const NOW = Date.UTC(2026, 0, 1);
const passes = new Passes('s'.repeat(32));

describe(Passes.name, () => {
  it('reads what it signed, whatever the subject, until it is over', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 1, max: 1e9 }), (subject, lasts) => {
        const text = passes.sign('dashboard', subject, NOW + lasts);
        expect(text).toMatch(/^[\w-]+\.[\w-]+$/);
        expect(passes.read('dashboard', text, NOW)).toEqual({ subject, expiresAt: NOW + lasts });
        expect(passes.read('dashboard', text, NOW + lasts)).toBeUndefined();
      }),
    );
  });

  it('is the same for whoever holds the secret, and nothing to anybody else', () => {
    const text = passes.sign('local', 'cli', NOW + 1);
    expect(new Passes('s'.repeat(32)).read('local', text, NOW)?.subject).toBe('cli');
    expect(new Passes('t'.repeat(32)).read('local', text, NOW)).toBeUndefined();
    expect(passes.read('dashboard', text, NOW)).toBeUndefined();
  });

  it('refuses a text of which one character was changed, left out or added', () => {
    const text = passes.sign('dashboard', 'client:ops', NOW + 1000);
    for (let at = 0; at < text.length; at++) {
      const other = text[at] === 'A' ? 'Q' : 'A';
      // The last character of 32 bytes as base64url has two bits that say nothing.
      if (at < text.length - 1) expect(passes.read('dashboard', text.slice(0, at) + other + text.slice(at + 1), NOW)).toBeUndefined();
      expect(passes.read('dashboard', text.slice(0, at), NOW)).toBeUndefined();
    }
    for (const wrong of ['', '.', 'a.', `${text}AAAA`, `.${text}`, 'x'.repeat(5000), `${text}.${text}`]) expect(passes.read('dashboard', wrong, NOW)).toBeUndefined();
  });

  it('makes none that would not be read', () => {
    expect(() => passes.sign('dashboard', 'x'.repeat(2000), NOW)).toThrow(RangeError);
  });
});
