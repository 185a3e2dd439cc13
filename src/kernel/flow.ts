/**
 * Back-pressure from the client's socket to the source, beside the Observable that flows the other way: what an AbortSignal is to cancellation.
 * The writer pauses and resumes; the source listens and stops reading its socket or pipe meanwhile.
 */
export class Flow {
  #paused = false;
  #listener: ((paused: boolean) => void) | undefined;

  get paused(): boolean {
    return this.#paused;
  }

  pause(): void {
    this.#set(true);
  }

  resume(): void {
    this.#set(false);
  }

  /** The source's end; told at once when it is paused already. One source at a time: a later one takes the place of the earlier. */
  onChange(listener: (paused: boolean) => void): void {
    this.#listener = listener;
    if (this.#paused) listener(true);
  }

  #set(paused: boolean): void {
    if (this.#paused === paused) return;
    this.#paused = paused;
    this.#listener?.(paused);
  }
}
