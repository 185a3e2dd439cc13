// A fixed rate of each kind, whether or not earlier requests have come back, for so long.
import { now, sleep } from '../client.mjs';

export class Load {
  #took = []; // since they were last taken: { kind, ms }
  #running = new Set();
  counts = {};
  errors = new Map(); // message → { kind, message, count, first: seconds after the start }

  constructor(kinds, rates) {
    this.kinds = kinds;
    this.rates = rates;
  }

  async run(seconds) {
    const began = now(),
      sent = {};
    for (let at = 0; at < seconds; at = (now() - began) / 1000) {
      for (const [kind, rate] of Object.entries(this.rates)) {
        sent[kind] ??= 0;
        // One that waits for its own turn is not sent twice: a session takes one turn at a time.
        for (; sent[kind] < at * rate; sent[kind]++) if (kind !== 'session' || ![...this.#running].some((one) => one.kind === 'session')) this.#send(kind, at);
      }
      await sleep(10);
    }
    await Promise.all([...this.#running].map(({ over }) => over));
  }

  #send(kind, at) {
    const began = now(),
      one = { kind };
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    one.over = this.kinds[kind]().then(
      () => this.#took.push({ kind, ms: now() - began }),
      (error) => {
        const message = `${error.message}${error.cause ? ` (${error.cause.message})` : ''}`.replaceAll(/\d{4,}|[0-9a-f]{8,}/g, '…'),
          key = `${kind}: ${message}`;
        const known = this.errors.get(key) ?? { kind, message, count: 0, first: Math.round(at) };
        known.count++;
        this.errors.set(key, known);
      },
    );
    this.#running.add(one);
    void one.over.finally(() => this.#running.delete(one));
  }

  /** Those since the last time. */
  take() {
    return this.#took.splice(0);
  }
  get running() {
    return this.#running.size;
  }
}
