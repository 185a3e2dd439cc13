import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRedactor } from './create-redactor.js';
import { fuzz, FUZZ_TIMEOUT_MS } from '../../test/support/fuzz.js';
import { contextSamples, secretSamples } from '../../test/support/secret-samples.js';

const redactor = createRedactor();
/** What a filter may hold back of a text that looks like a secret so far. Characters. */
const MAX_HELD = 20_000;
const secrets = [...secretSamples, ...contextSamples].map((sample) => sample.at(-1) ?? '');
/** Whole secrets, their beginnings, their likes, and whatever stands between them. */
const scrap = fc.oneof(
  fc.constantFrom(...secrets),
  fc.tuple(fc.constantFrom(...secrets), fc.nat(400)).map(([secret, length]) => secret.slice(0, length)),
  fc.constantFrom(' ', '\n', '"', '\\', '\\n', '\\u0073', '%73', '%', '=', ':', '-----BEGIN', '-----END', 'eyJ', 'Bearer ', 'password', '\uD800', '\0', 'sk-'),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.string({ unit: 'grapheme-ascii', maxLength: 12 }),
);
const text = fc.array(scrap, { maxLength: 12 }).map((scraps) => scraps.join(''));

describe('redaction of any text', () => {
  it(
    'is the same however it is cut, and in two goes; JSON stays JSON; what is held is bounded',
    async () => {
      await fuzz(
        fc.property(text, fc.array(fc.nat(2000), { maxLength: 10 }), fc.constantFrom('text', 'json'), (words, cuts, form) => {
          const source = form === 'json' ? JSON.stringify({ words, list: [words] }) : words;
          const whole = redactor.redact(source, form);
          const filter = redactor.open(form);
          const ends = [...cuts.map((cut) => cut % (source.length + 1)).sort((one, other) => one - other), source.length];
          let out = '';
          for (const [index, end] of ends.entries()) {
            out += filter.push(source.slice(ends[index - 1] ?? 0, end));
            expect(end - out.length).toBeLessThan(MAX_HELD);
          }
          expect(out + filter.flush()).toBe(whole);
          expect(redactor.redact(whole, form)).toBe(whole);
          if (form === 'json') JSON.parse(whole);
          if (whole !== source) expect(redactor.suspicious(form === 'json' ? source : JSON.stringify(source))).toBe(true);
        }),
        2,
      );
    },
    FUZZ_TIMEOUT_MS,
  );
});
