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
    let own = 0;
    let open = true;
    const add = (size: number): number => {
      own += size;
      const held = (this.#held.get(owner) ?? 0) + size;
      if (held > 0) this.#held.set(owner, held);
      else this.#held.delete(owner);
      return held;
    };
    return {
      take: (size) => open && add(size) <= this.max,
      release: () => {
        open = false;
        add(-own);
      },
    };
  }
}
