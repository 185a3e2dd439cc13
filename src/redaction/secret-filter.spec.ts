import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRedactor } from './create-redactor.js';
import { type TextForm } from '../kernel/text-filter.js';
import { contextSamples, enclosedSamples, secretSamples } from '../../test/support/secret-samples.js';

const redactor = createRedactor();

function inPieces(pieces: readonly string[], form: TextForm = 'text'): string {
  const filter = redactor.open(form);
  return pieces.map((piece) => filter.push(piece)).join('') + filter.flush();
}

function cut(text: string, cuts: readonly number[]): string[] {
  const ends = [...new Set(cuts.map((at) => at % (text.length + 1)))].sort((a, b) => a - b);
  return [...ends, text.length].map((end, index) => text.slice(ends[index - 1] ?? 0, end));
}

/** Prose, near misses, separators and secrets, whole or damaged. */
const piece = fc.oneof(
  fc.constantFrom(' ', '\n', '"', '.', '-', '_', '\\', '\\n', '%3D', '`', '=', ': ', ', ', 'é', '👩', '[', ']'),
  fc.constantFrom(
    's',
    'sk',
    'sk-',
    'is',
    'task-',
    'A',
    'AKI',
    'eyJ',
    'Bearer ',
    'bearer',
    'secret_access_key',
    'refresh_token',
    '//',
    '//a:',
    '@',
    'Basic ',
    'xox',
    '-----',
    '-----BEGIN ',
    'BEGIN PRIVATE KEY-----',
    '-----END',
    '[REDACTED:jwt]',
  ),
  fc.string({ maxLength: 12 }),
  fc.stringMatching(/^[A-Za-z0-9._-]{0,60}$/),
  fc.constantFrom(
    ...secretSamples.map(([, secret]) => secret),
    ...contextSamples.map(([, before, secret]) => before + secret),
    ...enclosedSamples.map((sample) => sample.slice(1).join('')),
  ),
  fc.tuple(fc.constantFrom(...secretSamples.map(([, secret]) => secret)), fc.nat(), fc.nat()).map(([secret, from, to]) => secret.slice(from % secret.length, to % secret.length)),
);
const texts = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));

describe('SecretFilter', () => {
  describe.each(secretSamples)('%s', (kind, secret) => {
    it.each([
      ['alone', '', ''],
      ['in prose', 'The key is ', ' and no other.'],
      ['at the end of a sentence', 'Use ', '.'],
      ['quoted', 'key = "', '";'],
      ['behind an escaped line break', 'echo "a\\n', '"'],
      ['percent-encoded', 'https://example.com/?k%3D', '&x=1'],
      ['behind an underscore', 'MY_', ' '],
      ['behind a letter that is none of ASCII', 'é', 'é'],
    ])('is replaced %s, wherever it is cut', (_, before, after) => {
      const text = before + secret + after;
      const expected = `${before}[REDACTED:${kind}]${after}`;
      expect(redactor.redact(text)).toBe(expected);
      expect(inPieces([...text])).toBe(expected);
      for (let at = 0; at <= text.length; at++) expect(inPieces([text.slice(0, at), text.slice(at)])).toBe(expected);
    });
  });

  it.each(contextSamples)('replaces a %s behind "%s", which stays', (kind, before, secret) => {
    const text = `${before}${secret}"`;
    expect(redactor.redact(text)).toBe(`${before}[REDACTED:${kind}]"`);
    expect(inPieces([...text])).toBe(`${before}[REDACTED:${kind}]"`);
  });

  it.each(enclosedSamples)('replaces a %s between "%s" and what follows, which stay', (kind, before, secret, after) => {
    const text = `see ${before}${secret}${after}`;
    const expected = `see ${before}[REDACTED:${kind}]${after}`;
    expect(redactor.redact(text)).toBe(expected);
    expect(redactor.redact(JSON.stringify({ text }), 'json')).toBe(JSON.stringify({ text: expected }));
    for (let at = 0; at <= text.length; at++) expect(inPieces([text.slice(0, at), text.slice(at)])).toBe(expected);
  });

  it('finds a word that says what follows where another breaks off', () => {
    const [, , secret] = contextSamples[0]!;
    for (const before of ['//Bearer ', 'refresh_access_token = ', 'access_access_token=', 'https://hooks.Bearer ']) expect(redactor.redact(before + secret)).not.toContain(secret);
  });

  it('takes a JWT out whatever the length of its header, the payload at least', () => {
    const [, jwt] = secretSamples.find(([kind]) => kind === 'jwt')!;
    const [header, payload, signature] = jwt.split('.');
    for (const length of [0, 200, 400, 600, 5000]) {
      for (const before of ['', 'a ', 'MY_', 'x-']) {
        const told = redactor.redact(`${before}${header}${'a7'.repeat(length / 2)}.${payload}.${signature}`);
        expect(told).toContain('[REDACTED:jwt]');
        for (const part of [payload!, signature!]) expect(told).not.toContain(part);
      }
    }
  });
});

describe('any text', () => {
  it('comes out the same however it is cut', () => {
    fc.assert(
      fc.property(texts, fc.array(fc.nat(), { maxLength: 10 }), fc.constantFrom<TextForm>('text', 'json'), (text, cuts, form) => {
        const whole = redactor.redact(text, form);
        expect(inPieces(cut(text, cuts), form)).toBe(whole);
        expect(
          inPieces(
            Array.from({ length: text.length }, (_, at) => text.charAt(at)),
            form,
          ),
        ).toBe(whole);
      }),
      { numRuns: 2000 },
    );
  });

  it('is not changed by a second pass', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const once = redactor.redact(text);
        expect(redactor.redact(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });
});
