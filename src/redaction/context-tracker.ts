import { type SecretPattern, STRING_QUOTE } from './candidate.js';
import { has } from './char-set.js';
import { type History, isBoundary } from './history.js';
import { DEAD, type PrefixTrie, ROOT } from './prefix-trie.js';

/** Follows text that passes for the words that say that a secret comes next (`Bearer`, `secret_access_key =`). The words need not be held back. */
export class ContextTracker {
  readonly #trie: PrefixTrie;
  #node = DEAD;
  #awaited: SecretPattern | undefined;
  #gap = 0;

  constructor(trie: PrefixTrie) {
    this.#trie = trie;
  }

  get idle(): boolean {
    return this.#node === DEAD && this.#awaited === undefined;
  }

  /** The pattern whose secret may begin with the next character, if that is not `code` as part of the gap. */
  expects(code: number): SecretPattern | undefined {
    return this.#gap > 0 && !this.#inGap(code) ? this.#awaited : undefined;
  }

  pass(code: number, before: History): void {
    if (this.#awaited) {
      if (this.#inGap(code)) this.#gap++;
      else this.#awaited = undefined;
    }
    const node = this.#node === DEAD && isBoundary(before) ? ROOT : this.#node;
    this.#node = node === DEAD ? DEAD : this.#trie.step(node, code);
    const [pattern] = this.#trie.accepted(this.#node);
    if (!pattern) return;
    this.#awaited = pattern;
    this.#gap = 0;
  }

  reset(): void {
    this.#node = DEAD;
    this.#awaited = undefined;
  }

  #inGap(code: number): boolean {
    const gap = this.#awaited?.gap;
    return gap !== undefined && this.#gap < gap.max && has(gap.members, code === STRING_QUOTE ? QUOTE : code);
  }
}

const QUOTE = 0x22;
