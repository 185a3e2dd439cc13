/** What a request holds until all that work on it have let go of it, itself among them: room for its body, and a place among those of its client that are answered at once. */
export class Place {
  readonly #giveBack: (() => void)[] = [];
  #holders = 1;
  #left = false;

  /** @param giveBack called once, when nobody holds it any more; at once where nobody does */
  add(giveBack: () => void): void {
    if (this.#holders === 0) giveBack();
    else this.#giveBack.push(giveBack);
  }

  /** The request has come to its end. */
  leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.#letGo();
  }

  /** Holds it for a piece of work that may outlast the request. @returns lets go, and counts once */
  hold(): () => void {
    let held = true;
    this.#holders += 1;
    return () => {
      if (!held) return;
      held = false;
      this.#letGo();
    };
  }

  #letGo(): void {
    this.#holders -= 1;
    if (this.#holders === 0) for (const giveBack of this.#giveBack.splice(0)) giveBack();
  }
}
