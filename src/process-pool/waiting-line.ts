/** One request that waits for its turn. */
export interface Waiter {
  readonly owner: string;
  readonly since: number;
}

/** Those that wait: owners take turns, and each owner's requests go in order. */
export class WaitingLine<W extends Waiter> {
  /** The owners that wait, the next one first. Never an empty list. */
  readonly #byOwner = new Map<string, W[]>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get all(): W[] {
    return [...this.#byOwner.values()].flat();
  }

  waitingOf(owner: string): number {
    return this.#byOwner.get(owner)?.length ?? 0;
  }

  /** The last request of the owner that has the most. */
  get lastOfMost(): W | undefined {
    let most: readonly W[] = [];
    for (const waiters of this.#byOwner.values()) if (waiters.length > most.length) most = waiters;
    return most.at(-1);
  }

  /** Since when the one that waits the longest does so; `Infinity` where nobody waits. */
  get oldest(): number {
    return Math.min(...[...this.#byOwner.values()].map(([first]) => first?.since ?? Infinity));
  }

  add(waiter: W): void {
    const own = this.#byOwner.get(waiter.owner);
    if (own) own.push(waiter);
    else this.#byOwner.set(waiter.owner, [waiter]);
    this.#length += 1;
  }

  /** Nothing where it has left already. */
  leave(waiter: W): void {
    const own = this.#byOwner.get(waiter.owner) ?? [];
    const at = own.indexOf(waiter);
    if (at < 0) return;
    own.splice(at, 1);
    this.#length -= 1;
    if (own.length === 0) this.#byOwner.delete(waiter.owner);
  }

  /** Takes the next one out whose owner may run; the owner goes behind all others. */
  next(mayRun: (owner: string) => boolean): W | undefined {
    for (const [owner, waiters] of this.#byOwner) {
      const [waiter] = waiters;
      if (!waiter || !mayRun(owner)) continue;
      this.leave(waiter);
      if (waiters.length > 0) {
        this.#byOwner.delete(owner);
        this.#byOwner.set(owner, waiters);
      }
      return waiter;
    }
    return undefined;
  }
}
