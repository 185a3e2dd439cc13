/** A set of ASCII characters: 1 at each member's code. Codes past its end are no members. */
export type CharSet = Uint8Array;

/** Builds a set from a character class's inside: `A-Za-z0-9_-` (a `-` that is first or last stands for itself). */
export function charSet(members: string): CharSet {
  const set = new Uint8Array(128);
  for (let at = 0; at < members.length; at++) {
    const first = members.charCodeAt(at);
    const ranged = members[at + 1] === '-' && at + 2 < members.length;
    const last = ranged ? members.charCodeAt(at + 2) : first;
    set.fill(1, first, last + 1);
    if (ranged) at += 2;
  }
  return set;
}

export function has(set: CharSet, code: number): boolean {
  return set[code] === 1;
}

export const ALPHANUMERIC = charSet('A-Za-z0-9');
export const BASE64 = charSet('A-Za-z0-9+/=');
export const BASE64URL = charSet('A-Za-z0-9_-');
export const HEX = charSet('0-9A-Fa-f');
