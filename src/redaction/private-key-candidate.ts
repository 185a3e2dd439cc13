import { type Candidate, Rest, Verdict } from './candidate.js';
import { BASE64, charSet, has } from './char-set.js';

/**
 * A PEM private key behind `-----BEGIN `. It is one as soon as a run of base64 follows its first line: prose about such keys, and
 * placeholders, have none. It ends with its last line, or, cut short, where neither base64 nor what may stand between its lines goes on.
 */
export class PrivateKeyCandidate implements Candidate {
  #label: string | undefined = '';
  #dashes = 0;
  #length = 0;
  /** Characters of the current word. */
  #run = 0;
  #shortWords = 0;
  #inDelimiter = false;
  #closing = false;
  #closed = false;

  step(code: number): Verdict {
    if (this.#label !== undefined) return this.#stepLabel(this.#label, code);
    if (code > 127 || code === OPENING_BRACKET || ++this.#length > MAX_BEFORE_KEY) return Verdict.No;
    // Its own end, or another beginning: no key came.
    if (this.#dashes >= 5 && beginsDelimiter(code)) return Verdict.No;
    this.#dashes = code === DASH ? this.#dashes + 1 : 0;
    this.#run = has(BASE64, code) ? this.#run + 1 : 0;
    return this.#run >= KEY_RUN ? Verdict.Yes : Verdict.More;
  }

  #stepLabel(label: string, code: number): Verdict {
    if (code === DASH) {
      if (!/PRIVATE KEY(?: BLOCK)?$/.test(label)) return Verdict.No;
      if (++this.#dashes < 5) return Verdict.More;
      this.#label = undefined;
      this.#dashes = 0;
      return Verdict.More;
    }
    if (!has(LABEL, code) || this.#dashes > 0 || label.length >= MAX_LABEL) return Verdict.No;
    this.#label = label + String.fromCharCode(code);
    return Verdict.More;
  }

  drain(code: number): Rest {
    if (this.#closed) return code === DASH ? Rest.Part : Rest.Over;
    if (this.#inDelimiter) return this.#drainDelimiter(code);
    if (code === DASH) {
      this.#dashes++;
      return Rest.Part;
    }
    if (this.#dashes >= 5 && beginsDelimiter(code)) {
      this.#inDelimiter = true;
      this.#closing = code === LETTER_E;
    }
    this.#dashes = 0;
    if (has(BASE64, code)) {
      this.#run++;
      return Rest.Part;
    }
    return has(BETWEEN, code) ? this.#drainSeparator() : Rest.Over;
  }

  /** Two short words in a row are prose, not key lines. */
  #drainSeparator(): Rest {
    if (this.#run > 0) this.#shortWords = this.#run < SHORT_WORD ? this.#shortWords + 1 : 0;
    this.#run = 0;
    return this.#shortWords >= 2 ? Rest.Over : Rest.Part;
  }

  #drainDelimiter(code: number): Rest {
    if (code !== DASH) {
      this.#dashes = 0;
      return has(LABEL, code) ? Rest.Part : Rest.Over;
    }
    if (++this.#dashes === 5) {
      this.#closed = this.#closing;
      this.#inDelimiter = false;
      this.#dashes = this.#shortWords = this.#run = 0;
    }
    return Rest.Part;
  }
}

/** Of `END` or `BEGIN`. */
function beginsDelimiter(code: number): boolean {
  return code === LETTER_E || code === LETTER_B;
}

const DASH = 0x2d;
const OPENING_BRACKET = 0x5b;
const LETTER_B = 0x42;
const LETTER_E = 0x45;
const LABEL = charSet('A-Z0-9 ');
/** Blanks, line breaks, and what quotes a key line by line in source or in mail. */
const BETWEEN = charSet(' \t\r\n\\"\',|>#*');
const MAX_LABEL = 48;
/** Headers such as `Proc-Type` stand before the key. */
const MAX_BEFORE_KEY = 512;
const KEY_RUN = 24;
const SHORT_WORD = 20;
