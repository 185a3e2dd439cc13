import { type SecretPattern } from './candidate.js';
import { type History, isBoundary, remember } from './history.js';
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
  /** 1 at each pair of first and second character, 128 to a row. It tells nearly all other text apart. */
  readonly #pairs = new Uint8Array(128 * 128);

  constructor(patterns: readonly SecretPattern[]) {
    this.secrets = new PrefixTrie(patterns.filter((pattern) => !pattern.gap));
    this.contexts = new PrefixTrie(patterns.filter((pattern) => pattern.gap));
    this.#all = new PrefixTrie(patterns);
    for (const prefix of patterns.flatMap(({ prefixes }) => prefixes)) {
      this.#starts[prefix.charCodeAt(0)] = 1;
      this.#pairs[(prefix.charCodeAt(0) << 7) | prefix.charCodeAt(1)] = 1;
    }
  }

  /**
   * Where in `text` a prefix stands or, at the text's end, may have begun: its first such place from `from` on, or the text's length.
   *
   * @param stop a character at which to stop anyway, or -1; a prefix that it cuts may have begun too
   */
  find(text: string, from: number, before: History, stop: number): number {
    const starts = this.#starts;
    for (let at = from; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === stop) return at;
      if (starts[code] === 1 && this.begins(text, at, from, before, stop)) return at;
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
    return paired && isBoundary(historyAt(text, at, from, before)) && this.#matches(text, at, terminator);
  }

  #matches(text: string, at: number, terminator: number): boolean {
    let node = ROOT;
    for (let next = at; next < text.length; next++) {
      const code = text.charCodeAt(next);
      if (code === terminator) return true;
      node = this.#all.step(node, code);
      if (node === DEAD) return false;
      if (this.#all.accepted(node).length > 0) return true;
    }
    return true;
  }
}

/** What stands before `at`, where `before` stands before `from`. */
export function historyAt(text: string, at: number, from: number, before: History): History {
  let history = before;
  for (let index = Math.max(from, at - 3); index < at; index++) history = remember(history, text.charCodeAt(index));
  return history;
}
