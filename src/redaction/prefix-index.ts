import { type SecretPattern } from './candidate.js';
import { ALPHANUMERIC, has } from './char-set.js';
import { type History, isBoundary, mayBeBoundary, remember } from './history.js';
import { DEAD, PrefixTrie, ROOT } from './prefix-trie.js';

/** The patterns, compiled once for a fast look for where one may begin. */
export class PrefixIndex {
  /** Of the patterns that begin with what is secret. */
  readonly secrets: PrefixTrie;
  /** Of those that begin with a word that says what follows. */
  readonly contexts: PrefixTrie;
  readonly #all: PrefixTrie;
  /** 1 at each first character. As long as there are characters: looked up for every one, without a check. */
  readonly #starts = new Uint8Array(65_536);
  /** 1 at each pair of first and second character, 128 to a row. */
  readonly #pairs = new Uint8Array(128 * 128);
  /** {@link START} at the same and more: first characters before a quote or a backslash. {@link ALWAYS} at backslashes and percent signs before anything. */
  readonly #looks = new Uint8Array(128 * 128);

  constructor(patterns: readonly SecretPattern[]) {
    this.secrets = new PrefixTrie(patterns.filter((pattern) => !pattern.gap));
    this.contexts = new PrefixTrie(patterns.filter((pattern) => pattern.gap));
    this.#all = new PrefixTrie(patterns);
    for (const prefix of patterns.flatMap(({ prefixes }) => prefixes)) {
      this.#starts[prefix.charCodeAt(0)] = 1;
      const row = prefix.charCodeAt(0) << 7;
      this.#pairs[row | prefix.charCodeAt(1)] = 1;
      for (const next of [prefix.charCodeAt(1), QUOTE, BACKSLASH]) this.#looks[row | next] = START;
    }
    for (const code of [BACKSLASH, PERCENT]) this.#looks.fill(ALWAYS, code << 7, (code + 1) << 7);
  }

  /**
   * The next place from `from` on that deserves a closer look: where a prefix may begin, a backslash or a percent sign; else the text's length.
   * This is the loop that all text goes through. Codes beyond ASCII are looked up as others: a look too many, none too few. Nothing begins
   * inside a word, unless an escape or a percent sign, which are stopped at, stands up to three characters before: three of four looks are spared so.
   */
  look(text: string, from: number): number {
    const looks = this.#looks;
    const last = text.length - 1;
    let code = text.charCodeAt(from);
    for (let at = from; at < last; at++) {
      const next = text.charCodeAt(at + 1);
      const look = looks[((code & 127) << 7) | (next & 127)];
      if (look !== 0 && (look === ALWAYS || at < from + 3 || !has(ALPHANUMERIC, text.charCodeAt(at - 1)))) return at;
      code = next;
    }
    return last >= from && looks[((code & 127) << 7) | QUOTE] !== 0 ? last : text.length;
  }

  /**
   * Where in `text` a prefix stands or, at the text's end, may have begun: its first such place from `from` on, or the text's length.
   *
   * @param stop a character at which to stop anyway, or -1; a prefix that it cuts may have begun too
   */
  find(text: string, from: number, before: History, stop: number): number {
    for (let at = this.look(text, from); at < text.length; at = this.look(text, at + 1)) {
      const code = text.charCodeAt(at);
      if (code === stop || (this.#starts[code] === 1 && this.begins(text, at, from, before, stop))) return at;
    }
    return text.length;
  }

  /** Whether a character is the first of a prefix. */
  isStart(code: number): boolean {
    return this.#starts[code] === 1;
  }

  /**
   * Whether a prefix, or the text's end (or `terminator`) within one, is reached from its first character at `at`, and may begin there.
   *
   * @param before what stands before `from`
   */
  begins(text: string, at: number, from: number, before: History, terminator: number): boolean {
    const next = at + 1 < text.length ? text.charCodeAt(at + 1) : terminator;
    const paired = next === terminator || (next < 128 && this.#pairs[(text.charCodeAt(at) << 7) | next] === 1);
    if (!paired || (at - from >= 3 && !mayBeBoundary(text, at))) return false;
    return isBoundary(historyAt(text, at, from, before)) && this.#matches(text, at, terminator);
  }

  #matches(text: string, at: number, terminator: number): boolean {
    let node = ROOT;
    for (let next = at; next < text.length; next++) {
      const code = text.charCodeAt(next);
      if (code === terminator) return true;
      node = this.#all.step(node, code);
      if (node === DEAD) return false;
      if (this.#all.accepts(node)) return true;
    }
    return true;
  }
}

/** A prefix may begin here, if a word may. */
const START = 1;
/** To be looked at wherever it stands. */
const ALWAYS = 2;
const QUOTE = 0x22;
const PERCENT = 0x25;
const BACKSLASH = 0x5c;

/** What stands before `at`, where `before` stands before `from`. */
export function historyAt(text: string, at: number, from: number, before: History): History {
  let history = before;
  for (let index = Math.max(from, at - 3); index < at; index++) history = remember(history, text.charCodeAt(index));
  return history;
}
