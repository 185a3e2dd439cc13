/**
 * Gathers what is to be done at the end of the event loop's turn, when all that had arrived is read: writes that leave one behind the other wake their readers
 * once, where each would wake one that has just gone to sleep. On a small machine that wake is the dearest part of a short answer.
 */
export class TurnEnd<T> {
  #waiting: T[] = [];
  readonly #end = (): void => {
    const gathered = this.#waiting;
    this.#waiting = [];
    for (const each of gathered) this.act(each);
  };

  /** @param act must not throw: what was added later would be lost */
  constructor(private readonly act: (each: T) => void) {}

  add(each: T): void {
    if (this.#waiting.push(each) === 1) setImmediate(this.#end);
  }
}
