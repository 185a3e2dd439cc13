import { type Candidate, type SecretPattern, Verdict } from './candidate.js';
import { type History } from './history.js';
import { DEAD, type PrefixTrie } from './prefix-trie.js';

/** Everything that may begin at one place of the text, followed at once. The first to be certain wins. */
export class Attempt {
  readonly #trie: PrefixTrie;
  readonly #before: History;
  #node: number;
  readonly #live: { readonly kind: string; readonly candidate: Candidate }[] = [];
  #won: { readonly kind: string; readonly candidate: Candidate } | undefined;

  /** @param node where in the trie the first character steps from: `ROOT`, or `DEAD` for no prefix */
  constructor(trie: PrefixTrie, node: number, before: History) {
    this.#trie = trie;
    this.#node = node;
    this.#before = before;
  }

  get won(): { readonly kind: string; readonly candidate: Candidate } | undefined {
    return this.#won;
  }

  add(pattern: SecretPattern): void {
    this.#live.push({ kind: pattern.kind, candidate: pattern.open(this.#before) });
  }

  step(code: number): Verdict {
    const verdict = this.#live.length === 0 ? Verdict.More : this.#stepLive(code);
    if (verdict !== Verdict.More) return verdict;
    if (this.#node !== DEAD) {
      this.#node = this.#trie.step(this.#node, code);
      for (const pattern of this.#trie.accepted(this.#node)) this.add(pattern);
    }
    return this.#node === DEAD && this.#live.length === 0 ? Verdict.No : Verdict.More;
  }

  /** The verdict of the first that is certain, else `More`. */
  #stepLive(code: number): Verdict {
    let kept = 0;
    for (const each of this.#live) {
      const verdict = each.candidate.step(code);
      if (verdict === Verdict.More) {
        this.#live[kept++] = each;
      } else if (verdict !== Verdict.No) {
        this.#won = each;
        return verdict;
      }
    }
    this.#live.length = kept;
    return Verdict.More;
  }
}
