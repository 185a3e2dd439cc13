import { type Redactor, type TextFilter } from '../kernel/text-filter.js';
import { PrefixIndex } from './prefix-index.js';
import { SecretFilter } from './secret-filter.js';
import { secretPatterns } from './secret-patterns.js';
import { suspicious } from './suspicious.js';

const index = new PrefixIndex(secretPatterns);

/** A redactor that puts `[REDACTED:<kind>]` in the place of every secret it knows. */
export function createRedactor(): Redactor {
  return {
    open: (form = 'text') => new SecretFilter(index, form),
    redact: (text, form = 'text') => {
      const filter = new SecretFilter(index, form);
      const head = filter.push(text);
      // An untouched text stays the very same string.
      return head === text ? head : head + filter.flush();
    },
    suspicious: (wire) => suspicious(wire, index),
  };
}

const open: TextFilter = { push: (text) => text, flush: () => '', idle: true };

/** The redactor that leaves everything as it is. */
export const passThroughRedactor: Redactor = { open: () => open, redact: (text) => text, suspicious: () => false };
