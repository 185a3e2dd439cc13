import { charSet, has } from './char-set.js';
import { type History, isBoundary, NO_HISTORY, remember } from './history.js';
import { type PrefixIndex } from './prefix-index.js';

/**
 * Whether raw JSON or SSE text may hold a secret, or the beginning of one at the end of a JSON string. In doubt it may: an
 * ASCII character written as `\u00XX`, or a string's end that could be half an escape sequence.
 */
export function suspicious(wire: string, index: PrefixIndex): boolean {
  let history = NO_HISTORY;
  for (let at = 0; at < wire.length; at++) {
    const code = wire.charCodeAt(at);
    if (code === BACKSLASH) {
      if (isSuspiciousEscape(wire, at)) return true;
      if (wire.charCodeAt(at + 1) === BACKSLASH) at++;
    } else if (isSuspiciousCharacter(wire, at, code, history, index)) {
      return true;
    }
    history = remember(history, code);
  }
  return false;
}

function isSuspiciousCharacter(wire: string, at: number, code: number, history: History, index: PrefixIndex): boolean {
  if (code === PERCENT) return endsWithin(wire, at + 1, 2, HEX);
  return index.isStart(code) && (isBoundary(history) || followsUnicodeEscape(wire, at)) && index.matches(wire, at, QUOTE);
}

function isSuspiciousEscape(wire: string, at: number): boolean {
  const escape = wire[at + 1];
  if (escape === 'u') return /^(?:00[0-7]|.{0,2}$)/.test(wire.slice(at + 2, at + 5));
  if (escape !== '\\') return escape === undefined;
  // A backslash of the text itself: the text may be source whose own escapes go on in the next piece.
  return wire[at + 2] === 'u' || endsWithin(wire, at + 2, 1, ESCAPE_LETTERS);
}

/** Whether the JSON string (or the text) ends behind at most `most` of the `members`. */
function endsWithin(wire: string, from: number, most: number, members: Uint8Array): boolean {
  let at = from;
  while (at < from + most && has(members, wire.charCodeAt(at))) at++;
  return at >= wire.length || wire.charCodeAt(at) === QUOTE;
}

function followsUnicodeEscape(wire: string, at: number): boolean {
  return wire[at - 6] === '\\' && wire[at - 5] === 'u';
}

const QUOTE = 0x22;
const PERCENT = 0x25;
const BACKSLASH = 0x5c;
const HEX = charSet('0-9A-Fa-f');
const ESCAPE_LETTERS = charSet('nrtbfv');
