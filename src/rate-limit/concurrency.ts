import { Injectable } from '@nestjs/common';

/** How many requests of each client are being answered. */
@Injectable()
export class Concurrency {
  readonly #running = new Map<string, number>();

  /**
   * Takes a place for a request.
   *
   * @param max requests of the client at once
   * @returns gives the place back, and counts once however often it is called; undefined where there is none
   */
  take(client: string, max: number): (() => void) | undefined {
    const running = this.#running.get(client) ?? 0;
    if (running >= max) return undefined;
    this.#running.set(client, running + 1);
    let taken = true;
    return () => {
      if (taken) this.#giveBack(client);
      taken = false;
    };
  }

  #giveBack(client: string): void {
    const running = (this.#running.get(client) ?? 1) - 1;
    if (running === 0) this.#running.delete(client);
    else this.#running.set(client, running);
  }
}
