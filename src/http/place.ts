/** The place that a request holds among those of its client that are answered at once. It is given back when all that work on the request have let go of it. */
export class Place {
  #holders = 0;

  constructor(private readonly giveBack: () => void) {}

  /** Holds it for a piece of work that may outlast the request. @returns lets go, and counts once */
  hold(): () => void {
    let held = true;
    this.#holders += 1;
    return () => {
      if (!held) return;
      held = false;
      this.#holders -= 1;
      if (this.#holders === 0) this.giveBack();
    };
  }
}
