import { type History } from './history.js';

/** The end of the text, where a character's code is expected. */
export const END = 0x110000;

/** In JSON source: the quote that opens or closes a string, as opposed to one inside it. */
export const STRING_QUOTE = 0x110001;

/** `Before`: a secret, which ended before this character. */
export const Verdict = { More: 0, No: 1, Yes: 2, Before: 3 } as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];

/** `Maybe`: part of the secret only if more of it follows, such as the dot inside a token and the dot behind it. */
export const Rest = { Part: 0, Maybe: 1, Over: 2 } as const;
export type Rest = (typeof Rest)[keyof typeof Rest];

/**
 * What may be a secret, a character at a time from behind its prefix. First `step` until it says anything but More, within a bounded
 * number of characters; after a Yes `drain` for every character until the secret is over, however long it is.
 */
export interface Candidate {
  step(code: number): Verdict;
  drain(code: number): Rest;
}

/** One kind of secret. */
export interface SecretPattern {
  /** Its name in `[REDACTED:<kind>]`: lower-case letters, digits, dashes. */
  readonly kind: string;
  /** How it begins, literally: two characters at least. A pattern with a `gap` begins with a word that says what follows, and which stays. */
  readonly prefixes: readonly string[];
  readonly gap?: Gap;
  /** @param before what stands before the prefix */
  open(before: History): Candidate;
}

/** What stands between the word and its secret, and stays too: `min` to `max` of these characters. */
export interface Gap {
  readonly members: Uint8Array;
  /** 1 where it is left out. */
  readonly min?: number;
  readonly max: number;
  /** The code of the character behind which the secret begins; without it, it begins with the first character that is none of `members`. */
  readonly until?: number;
}
