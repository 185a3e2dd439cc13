import { type Amount, larger, nothing, plus } from './amount.js';

/** A reservation that nobody gives back ends after so long: no completion lasts longer. Milliseconds. */
const LONGEST_MS = 6 * 3_600_000;

interface Reserved extends Amount {
  readonly at: number;
}

/** What one client has spent in one period as far as this instance knows, and what its requests under way here have reserved. */
export class SpendAccount {
  #spent: Amount = nothing;
  readonly #reserved = new Map<string, Reserved>();

  get spent(): Amount {
    return this.#spent;
  }

  /** By the name of each request under way. */
  get reserved(): ReadonlyMap<string, Amount> {
    return this.#reserved;
  }

  /** What is spent and reserved together. */
  taken(now: number): Amount {
    let sum = this.#spent;
    for (const [name, each] of this.#reserved) {
      if (now - each.at > LONGEST_MS) this.#reserved.delete(name);
      else sum = plus(sum, each);
    }
    return sum;
  }

  reserve(name: string, { tokens, nanos }: Amount, now: number): void {
    this.#reserved.set(name, { tokens, nanos, at: now });
  }

  /** What was really spent takes the reservation's place. */
  settle(name: string, actual: Amount): void {
    this.#reserved.delete(name);
    this.#spent = plus(this.#spent, actual);
  }

  /** Takes in what somebody else knows to be spent. */
  learn(spent: Amount): void {
    this.#spent = larger(this.#spent, spent);
  }
}
