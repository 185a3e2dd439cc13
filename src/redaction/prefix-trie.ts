import { type SecretPattern } from './candidate.js';

export const DEAD = 0;
export const ROOT = 1;

/** The prefixes of patterns as an automaton over ASCII: from node to node by character, {@link DEAD} where no prefix goes on. */
export class PrefixTrie {
  readonly #next: Uint16Array;
  readonly #ends: Uint8Array;
  readonly #accepted: (readonly SecretPattern[])[] = [[], []];

  constructor(patterns: readonly SecretPattern[]) {
    const prefixes = patterns.flatMap((pattern) => pattern.prefixes.map((prefix) => ({ pattern, prefix })));
    this.#next = new Uint16Array(128 * prefixes.reduce((sum, { prefix }) => sum + prefix.length, 2));
    this.#ends = new Uint8Array(this.#next.length / 128);
    for (const { pattern, prefix } of prefixes) this.#add(prefix, pattern);
  }

  step(node: number, code: number): number {
    return code < 128 ? (this.#next[node * 128 + code] ?? DEAD) : DEAD;
  }

  /** The patterns whose prefix ends at the node. */
  accepted(node: number): readonly SecretPattern[] {
    return this.#accepted[node] ?? [];
  }

  /** Whether a prefix ends at the node. */
  accepts(node: number): boolean {
    return this.#ends[node] === 1;
  }

  #add(prefix: string, pattern: SecretPattern): void {
    let node = ROOT;
    for (let at = 0; at < prefix.length; at++) {
      const code = prefix.charCodeAt(at);
      let next = this.step(node, code);
      if (next === DEAD) {
        next = this.#accepted.push([]) - 1;
        this.#next[node * 128 + code] = next;
      }
      node = next;
    }
    this.#ends[node] = 1;
    this.#accepted[node] = [...this.accepted(node), pattern];
  }
}
