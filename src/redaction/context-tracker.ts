import { type Gap, type SecretPattern, STRING_QUOTE } from './candidate.js';
import { has } from './char-set.js';
import { type History, isBoundary } from './history.js';
import { DEAD, type PrefixTrie, ROOT } from './prefix-trie.js';

/** Follows text that passes for the words that say that a secret comes next (`Bearer`, `secret_access_key =`). The words need not be held back. */
export class ContextTracker {
  readonly #trie: PrefixTrie;
  #node = DEAD;
  #awaited: SecretPattern | undefined;
  #gap = 0;
  /** Whether the secret begins with the next character, if it does at all. */
  #due = false;

  constructor(trie: PrefixTrie) {
    this.#trie = trie;
  }

  get idle(): boolean {
    return this.#node === DEAD && this.#awaited === undefined;
  }

  /** The pattern whose secret may begin with the character `code`. */
  expects(code: number): SecretPattern | undefined {
    const gap = this.#awaited?.gap;
    if (gap === undefined) return undefined;
    const begins = gap.until === undefined ? this.#gap >= (gap.min ?? 1) && !this.#inGap(gap, code) : this.#due;
    return begins ? this.#awaited : undefined;
  }

  pass(code: number, before: History): void {
    const gap = this.#awaited?.gap;
    if (gap) this.#passGap(gap, code);
    let node = this.#node === DEAD ? DEAD : this.#trie.step(this.#node, code);
    // Where one word breaks off another may begin.
    if (node === DEAD && isBoundary(before)) node = this.#trie.step(ROOT, code);
    this.#node = node;
    const [pattern] = this.#trie.accepted(node);
    if (!pattern) return;
    this.#awaited = pattern;
    this.#gap = 0;
    this.#due = false;
  }

  reset(): void {
    this.#node = DEAD;
    this.#awaited = undefined;
    this.#due = false;
  }

  #passGap(gap: Gap, code: number): void {
    if (!this.#due && code === gap.until) {
      this.#due = true;
    } else if (!this.#due && this.#inGap(gap, code)) {
      this.#gap++;
    } else {
      this.#awaited = undefined;
      this.#due = false;
    }
  }

  #inGap(gap: Gap, code: number): boolean {
    return this.#gap < gap.max && has(gap.members, code === STRING_QUOTE ? QUOTE : code);
  }
}

const QUOTE = 0x22;
