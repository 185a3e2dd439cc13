import { Injectable } from '@nestjs/common';
import { Leases } from './leases.js';

type GiveBack = () => void;

/** How many requests of each client are being answered: here, and where there is a Redis, on all instances. */
@Injectable()
export class Concurrency {
  readonly #running = new Map<string, number>();

  constructor(private readonly leases: Leases) {}

  /**
   * Takes a place for a request. No promise where there is nobody to ask.
   *
   * @param max requests of the client at once
   * @returns gives the place back, and counts once however often it is called; undefined where there is none. Never rejects.
   */
  take(client: string, max: number): GiveBack | undefined | Promise<GiveBack | undefined> {
    const running = this.#running.get(client) ?? 0;
    if (running >= max) return undefined;
    this.#running.set(client, running + 1);
    return this.leases.configured ? this.#takeShared(client, max) : this.#once(client);
  }

  async #takeShared(client: string, max: number): Promise<GiveBack | undefined> {
    const lease = await this.leases.take(client, max);
    if (!lease) this.#giveBack(client);
    return lease && this.#once(client, lease);
  }

  #once(client: string, lease?: GiveBack): GiveBack {
    let taken = true;
    return () => {
      if (!taken) return;
      taken = false;
      this.#giveBack(client);
      lease?.();
    };
  }

  #giveBack(client: string): void {
    const running = (this.#running.get(client) ?? 1) - 1;
    if (running === 0) this.#running.delete(client);
    else this.#running.set(client, running);
  }
}
