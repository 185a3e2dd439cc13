/** Pieces of work that come one after the other for each owner: a burst of one's requests neither sees itself half done, nor takes every connection of the database. */
export class OwnerTurns {
  readonly #last = new Map<string, Promise<unknown>>();

  async run<T>(owner: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(owner);
    const turn = before ? before.then(work) : work();
    const over = turn.catch(() => undefined);
    this.#last.set(owner, over);
    try {
      return await turn;
    } finally {
      if (this.#last.get(owner) === over) this.#last.delete(owner);
    }
  }
}
