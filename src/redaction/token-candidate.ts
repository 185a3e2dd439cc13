import { type Candidate, Rest, Verdict } from './candidate.js';
import { type CharSet, charSet, has } from './char-set.js';

export interface TokenShape {
  readonly body: CharSet;
  /** Characters behind the prefix that it takes to be a secret. */
  readonly min: number;
  /** Whether a digit must be among them, as in every random token, unless there are very many. It tells placeholders and words apart. */
  readonly digit?: boolean;
  /** What belongs to the secret once it is one; `body` where it is left out. */
  readonly tail?: CharSet;
  /** What belongs to it only between two of `tail`. */
  readonly inner?: CharSet;
}

/** A prefix and a run of characters. */
export class TokenCandidate implements Candidate {
  readonly #shape: TokenShape;
  #length = 0;
  #digit: boolean;

  constructor(shape: TokenShape) {
    this.#shape = shape;
    this.#digit = shape.digit !== true;
  }

  step(code: number): Verdict {
    if (!has(this.#shape.body, code)) return Verdict.No;
    this.#length++;
    this.#digit ||= has(DIGITS, code);
    const enough = this.#length >= this.#shape.min && (this.#digit || this.#length >= LONG);
    return enough ? Verdict.Yes : Verdict.More;
  }

  drain(code: number): Rest {
    if (has(this.#shape.tail ?? this.#shape.body, code)) return Rest.Part;
    return this.#shape.inner && has(this.#shape.inner, code) ? Rest.Maybe : Rest.Over;
  }
}

const DIGITS = charSet('0-9');
const LONG = 40;
