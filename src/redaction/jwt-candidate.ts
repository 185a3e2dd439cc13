import { type Candidate, Rest, Verdict } from './candidate.js';
import { ALPHANUMERIC, BASE64URL, charSet, has } from './char-set.js';
import { type History } from './history.js';

/**
 * A JSON Web Token behind `eyJ`: header, dot, payload, …; also a signed cookie of the same make. A header of more than {@link MAX_HEADER}
 * characters is let pass, it is public; the payload behind it is known by the dot before its own `eyJ`. Inside a word, where any dash or underscore
 * may be such a beginning, the bound is tighter: with the rule for the first characters it bounds how often a character is read.
 */
export class JwtCandidate implements Candidate {
  readonly #maxHeader: number;
  #first: boolean;
  #length = 0;

  constructor(before: History) {
    this.#first = (before & 0xff) !== DOT;
    this.#maxHeader = has(BASE64URL, before & 0xff) && has(BASE64URL, (before >> 8) & 0xff) ? MAX_HEADER_IN_WORD : MAX_HEADER;
  }

  step(code: number): Verdict {
    if (has(BASE64URL, code)) {
      this.#length++;
      if (this.#first) return this.#length > this.#maxHeader || (this.#length <= MIN_SEGMENT && !has(ALPHANUMERIC, code)) ? Verdict.No : Verdict.More;
      return this.#length >= MIN_SEGMENT ? Verdict.Yes : Verdict.More;
    }
    if (!this.#first || code !== DOT || this.#length < MIN_SEGMENT) return Verdict.No;
    this.#first = false;
    this.#length = 0;
    return Verdict.More;
  }

  drain(code: number): Rest {
    if (has(TAIL, code)) return Rest.Part;
    return code === DOT ? Rest.Maybe : Rest.Over;
  }
}

const DOT = 0x2e;
const TAIL = charSet('A-Za-z0-9_=-');
/** So many characters at the least; of the header these are a name in JSON, which has no dash and no underscore in base64url (they take `>`, `?` or `~`). */
const MIN_SEGMENT = 10;
const MAX_HEADER = 512;
const MAX_HEADER_IN_WORD = 96;
