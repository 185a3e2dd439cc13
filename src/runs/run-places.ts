import { GatewayError } from '../kernel/gateway-error.js';

/** Answers that may be made in the background at once, on this instance. */
const PLACES = 100;
/** Of them for one owner: there is always room for another. */
const PER_OWNER = 50;

/** The right to make an answer in the background. */
export class RunPlaces {
  /** By owner, of those who have any. */
  readonly #taken = new Map<string, number>();
  #all = 0;

  /** @returns what gives the place back, once. @throws GatewayError `queue_full` */
  take(owner: string): () => void {
    const own = this.#taken.get(owner) ?? 0;
    if (this.#all >= PLACES || own >= PER_OWNER) throw new GatewayError('queue_full', 'Too many responses are being made in the background.', { retryAfter: 5 });
    this.#all += 1;
    this.#taken.set(owner, own + 1);
    return () => {
      this.#all -= 1;
      const left = (this.#taken.get(owner) ?? 0) - 1;
      if (left > 0) this.#taken.set(owner, left);
      else this.#taken.delete(owner);
    };
  }
}
