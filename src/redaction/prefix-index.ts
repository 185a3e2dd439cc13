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
  readonly #starts = new Uint8Array(128);

  constructor(patterns: readonly SecretPattern[]) {
    this.secrets = new PrefixTrie(patterns.filter((pattern) => !pattern.gap));
    this.contexts = new PrefixTrie(patterns.filter((pattern) => pattern.gap));
    this.#all = new PrefixTrie(patterns);
    for (const { prefixes } of patterns) for (const prefix of prefixes) this.#starts[prefix.charCodeAt(0)] = 1;
  }

  isStart(code: number): boolean {
    return this.#starts[code] === 1;
  }

  /**
   * Where in `text` a prefix stands or, at the text's end, may have begun: its first such place from `from` on, or the text's length.
   *
   * @param stop a character at which to stop anyway, or -1
   */
  find(text: string, from: number, before: History, stop: number): number {
    let history = before;
    for (let at = from; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === stop || (this.#starts[code] === 1 && isBoundary(history) && this.matches(text, at, stop))) return at;
      history = remember(history, code);
    }
    return text.length;
  }

  /** Whether a prefix, or the text's end (or `terminator`) within one, is reached from `at`. */
  matches(text: string, at: number, terminator: number): boolean {
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
