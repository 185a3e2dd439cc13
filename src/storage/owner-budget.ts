/** A part of an owner's budget, empty at first. */
export interface BudgetShare {
  /** Takes as much more, or less where it is negative. False: the owner holds more than it may, with this. */
  take(size: number): boolean;
  /** Gives all of it back; no more can be taken. */
  release(): void;
}

/** What each owner holds at the moment, up to `max`. */
export class OwnerBudget {
  /** Of those who hold something. */
  readonly #held = new Map<string, number>();

  constructor(private readonly max: number) {}

  open(owner: string): BudgetShare {
    return new Share((size) => this.#add(owner, size));
  }

  /** @returns whether the owner may hold as much */
  #add(owner: string, size: number): boolean {
    const held = (this.#held.get(owner) ?? 0) + size;
    if (held > 0) this.#held.set(owner, held);
    else this.#held.delete(owner);
    return held <= this.max;
  }
}

class Share implements BudgetShare {
  #own = 0;
  #open = true;

  constructor(private readonly add: (size: number) => boolean) {}

  take(size: number): boolean {
    if (!this.#open) return false;
    this.#own += size;
    return this.add(size);
  }

  release(): void {
    this.#open = false;
    this.add(-this.#own);
    this.#own = 0;
  }
}
