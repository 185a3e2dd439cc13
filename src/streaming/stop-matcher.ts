/** What a text that was pushed leaves to say. */
export interface Matched {
  /** What may be said: no part of a stop sequence, neither of a whole one nor of one that has only begun. */
  readonly text: string;
  /** The stop sequence that is complete: `text` is the last. */
  readonly stop?: string;
}

/**
 * Finds the stop sequence that is complete first in a text that arrives in pieces; of two complete at the same character the longer one.
 * The result does not depend on where the text is cut. Knuth, Morris, Pratt: linear in the text, holds back at most one sequence's length.
 */
export class StopMatcher {
  readonly #patterns: readonly Pattern[];
  readonly #firstCharacters: readonly string[];
  #held = '';

  /** @param stops none of them empty */
  constructor(stops: readonly string[]) {
    this.#patterns = stops.map((stop) => new Pattern(stop));
    this.#firstCharacters = [...new Set(stops.map((stop) => stop.charAt(0)))];
  }

  push(piece: string): Matched {
    // Most pieces: nothing is held, and nothing in it can begin a sequence.
    if (this.#held === '' && !this.#firstCharacters.some((first) => piece.includes(first))) return { text: piece };
    const text = this.#held + piece;
    for (let at = this.#held.length; at < text.length; at++) {
      const matched = this.#step(text.charCodeAt(at));
      if (matched > 0) return { text: text.slice(0, at + 1 - matched), stop: text.slice(at + 1 - matched, at + 1) };
    }
    const hold = this.#longest();
    this.#held = text.slice(text.length - hold);
    return { text: text.slice(0, text.length - hold) };
  }

  /** The end of the text: what was held back. */
  flush(): string {
    const rest = this.#held;
    this.#held = '';
    for (const pattern of this.#patterns) pattern.matched = 0;
    return rest;
  }

  /** Takes one character; gives the length of the longest sequence that it completes, else 0. */
  #step(code: number): number {
    let complete = 0;
    for (const pattern of this.#patterns) {
      if (pattern.step(code) && pattern.length > complete) complete = pattern.length;
    }
    return complete;
  }

  #longest(): number {
    let longest = 0;
    for (const { matched } of this.#patterns) if (matched > longest) longest = matched;
    return longest;
  }
}

class Pattern {
  /** How many characters of the sequence the text ends with. */
  matched = 0;
  readonly length: number;
  readonly #codes: Uint16Array;
  /** For each length that matched, the next shorter one that does too. */
  readonly #shorter: Uint32Array;

  constructor(stop: string) {
    this.length = stop.length;
    this.#codes = Uint16Array.from({ length: stop.length }, (_, at) => stop.charCodeAt(at));
    this.#shorter = new Uint32Array(stop.length + 1);
    for (let at = 1, matched = 0; at < stop.length; at++) {
      matched = this.#advance(matched, stop.charCodeAt(at));
      this.#shorter[at + 1] = matched;
    }
  }

  step(code: number): boolean {
    this.matched = this.#advance(this.matched, code);
    return this.matched === this.length;
  }

  #advance(matched: number, code: number): number {
    let length = matched;
    while (length > 0 && this.#codes[length] !== code) length = this.#shorter[length] ?? 0;
    return this.#codes[length] === code ? length + 1 : 0;
  }
}
