import { createRedactor } from './create-redactor.js';

const redactor = createRedactor();

/** The first `limit` characters of what a vendor or a program said, for people to read. Secrets go before it is cut: half a secret is not known for one. */
export function cleanWords(text: string, limit: number): string {
  return redactor.redact(text).slice(0, limit);
}

/** The last `limit` characters: the last words of a program say most. */
export function cleanTail(text: string, limit: number): string {
  return redactor.redact(text).slice(-limit);
}
