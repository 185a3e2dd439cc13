import { charSet, has, HEX } from './char-set.js';
import { NO_HISTORY } from './history.js';
import { type PrefixIndex } from './prefix-index.js';

/**
 * Whether raw JSON or SSE text may hold a secret, or the beginning of one at the end of a JSON string. In doubt it may: an
 * ASCII character written as `\u00XX` or `\/`, or a string's end that could be half an escape sequence.
 */
export function suspicious(wire: string, index: PrefixIndex): boolean {
  let from = 0;
  for (let at = index.look(wire, 0); at < wire.length; at = index.look(wire, at + 1)) {
    const code = wire.charCodeAt(at);
    if (code === BACKSLASH) {
      if (isSuspiciousEscape(wire, at)) return true;
      at = endOfEscape(wire, at);
      // What follows an escape sequence begins a word, unless it follows a backslash of the text itself.
      if (wire.charCodeAt(at) !== BACKSLASH) from = at + 1;
    } else if (code === PERCENT) {
      if (endsWithin(wire, at + 1, 2, HEX)) return true;
    } else if (index.isStart(code) && index.begins(wire, at, from, NO_HISTORY, QUOTE)) {
      return true;
    }
  }
  return false;
}

/** The index of an escape sequence's last character. */
function endOfEscape(wire: string, at: number): number {
  return at + (wire.charCodeAt(at + 1) === LETTER_U ? 5 : 1);
}

function isSuspiciousEscape(wire: string, at: number): boolean {
  const escape = wire.charCodeAt(at + 1);
  if (escape === LETTER_U) return !NOT_ASCII.test(wire.slice(at + 2, at + 6));
  if (escape === SLASH) return true;
  if (escape !== BACKSLASH) return at + 1 >= wire.length;
  // A backslash of the text itself: the text may be source whose own escapes go on in the next piece.
  return wire[at + 2] === 'u' || endsWithin(wire, at + 2, 1, ESCAPE_LETTERS);
}

/** Whether the JSON string (or the text) ends behind at most `most` of the `members`. */
function endsWithin(wire: string, from: number, most: number, members: Uint8Array): boolean {
  let at = from;
  while (at < from + most && has(members, wire.charCodeAt(at))) at++;
  return at >= wire.length || wire.charCodeAt(at) === QUOTE;
}

const QUOTE = 0x22;
const PERCENT = 0x25;
const SLASH = 0x2f;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
const NOT_ASCII = /^(?!00[0-7])[0-9A-Fa-f]{4}$/;
const ESCAPE_LETTERS = charSet('nrtbfv');
