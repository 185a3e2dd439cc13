import { ALPHANUMERIC, charSet, has, HEX } from './char-set.js';

/** The last three characters, the newest in the lowest byte; 0 where there is none. What is not ASCII counts as 128. */
export type History = number;

export const NO_HISTORY: History = 0;

/** What stands before the text that follows a redaction. */
export const AFTER_REDACTION: History = 0x5d; // ]

export function remember(history: History, code: number): History {
  return ((history << 8) | (code < 128 ? code : 128)) & 0xffffff;
}

/**
 * Whether a secret may begin here: not inside a word. The letter of an escape sequence in quoted source (`\nsk-…`) and
 * the digits of a percent-encoded character (`%3Dsk-…`) are not part of a word.
 */
export function isBoundary(history: History): boolean {
  const last = history & 0xff;
  if (!has(ALPHANUMERIC, last)) return true;
  const second = (history >> 8) & 0xff;
  if (second === BACKSLASH) return has(ESCAPE_LETTERS, last);
  return history >> 16 === PERCENT && has(HEX, second) && has(HEX, last);
}

/** A quick look, three characters into the text: false only where `at` is surely inside a word. */
export function mayBeBoundary(text: string, at: number): boolean {
  return !has(ALPHANUMERIC, text.charCodeAt(at - 1)) || text.charCodeAt(at - 2) === BACKSLASH || text.charCodeAt(at - 3) === PERCENT;
}

/** Whether the next characters could still make a boundary that looks like a word without these. */
export function isBoundaryOpen(history: History): boolean {
  const last = history & 0xff;
  if (last === BACKSLASH || last === PERCENT) return true;
  const second = (history >> 8) & 0xff;
  if (second === BACKSLASH) return has(ESCAPE_LETTERS, last);
  return has(HEX, last) && (second === PERCENT || (history >> 16 === PERCENT && has(HEX, second)));
}

const BACKSLASH = 0x5c;
const PERCENT = 0x25;
const ESCAPE_LETTERS = charSet('nrtbfv');
