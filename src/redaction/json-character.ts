import { STRING_QUOTE } from './candidate.js';

/** A character of JSON source: its code, and how many characters of the source it takes. */
export interface SourceCharacter {
  code: number;
  /** 0: the source ends within it. */
  length: number;
}

/**
 * Reads the character at `at`, escapes resolved. A quote that is not escaped is {@link STRING_QUOTE}; a backslash that escapes nothing is itself.
 *
 * @param ended whether no more source will come: an unfinished escape is then taken as it stands
 */
export function readJsonCharacter(source: string, at: number, ended: boolean, into: SourceCharacter): void {
  const code = source.charCodeAt(at);
  into.length = 1;
  into.code = code === QUOTE ? STRING_QUOTE : code;
  if (code !== BACKSLASH) return;
  const escape = source[at + 1];
  if (escape === undefined) {
    into.length = ended ? 1 : 0;
  } else if (escape === 'u') {
    readUnicodeEscape(source, at, ended, into);
  } else {
    const plain = ESCAPES.get(escape);
    if (plain === undefined) return;
    into.code = plain;
    into.length = 2;
  }
}

function readUnicodeEscape(source: string, at: number, ended: boolean, into: SourceCharacter): void {
  let code = 0;
  for (let digit = at + 2; digit < at + 6; digit++) {
    if (digit >= source.length) {
      into.length = ended ? 1 : 0;
      return;
    }
    const value = HEX.indexOf(source.charAt(digit).toLowerCase());
    if (value < 0) return;
    code = code * 16 + value;
  }
  into.code = code;
  into.length = 6;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const HEX = '0123456789abcdef';
const ESCAPES: ReadonlyMap<string, number> = new Map([
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
  ['b', 0x08],
  ['f', 0x0c],
  ['"', QUOTE],
  ['\\', BACKSLASH],
  ['/', 0x2f],
]);
