import { type Fault, playedBy } from './faults.js';
import { type FaultyVendor } from './faulty-vendor.js';
import { type Ended, outcomeOf, type Told } from './outcome.js';

/** One fault of one provider, for a JSON answer or a streamed one. */
export interface Cell extends Ended {
  readonly provider: string;
  readonly fault: string;
  readonly stream: boolean;
}

export interface FaultPlayerOptions {
  readonly url: string;
  readonly key: string;
  /** By provider: the vendors that misbehave. */
  readonly vendors: ReadonlyMap<string, FaultyVendor>;
  /** Closes every circuit breaker: providers fail here many times in a row. */
  readonly forgetFailures: () => void;
  readonly signal?: AbortSignal;
}

/** More than one is for a machine that is so busy that the clock ends a turn. */
const TRIES = 3;
/** So long a provider may take until it serves again after a fault: a deaf process is given up within ten seconds. Milliseconds. */
const RECOVERY_MS = 20_000;

/** Plays faults on the providers of a gateway, and judges how each ended for the client. */
export class FaultPlayer {
  constructor(private readonly options: FaultPlayerOptions) {}

  /** Faults of one provider, one after the other: they may share a process. What the provider cannot play is left out. */
  async lane(provider: string, faults: readonly Fault[]): Promise<Cell[]> {
    const [none] = faults as readonly [Fault];
    const cells: Cell[] = [];
    for (const fault of faults) {
      if (!playedBy(provider, fault)) continue;
      for (const stream of [false, true]) cells.push({ provider, fault: fault.name, stream, ...(await this.#cell(provider, none, fault, stream)) });
    }
    return cells;
  }

  /** After any fault the provider serves again: a process that is still on its way out must not get the next turn. */
  async #cell(provider: string, none: Fault, fault: Fault, stream: boolean): Promise<Ended> {
    const lost = fault.lasting === true ? undefined : await this.#recovery(provider, none);
    if (lost?.complaint !== undefined) return { ...lost, complaint: `it did not recover from the fault before: ${lost.complaint}` };
    return this.#again(provider, fault, stream);
  }

  async #recovery(provider: string, none: Fault): Promise<Ended> {
    const until = performance.now() + RECOVERY_MS;
    for (;;) {
      const ended = await this.#play(provider, none, false);
      if (ended.complaint === undefined || performance.now() > until) return ended;
    }
  }

  /** Plays it until it ends well, or in a way that is not worth another try: where it should not have been the clock that ended it, it is. */
  async #again(provider: string, fault: Fault, stream: boolean): Promise<Ended> {
    for (let tries = 1; ; tries += 1) {
      const ended = await this.#play(provider, fault, stream);
      if (ended.complaint === undefined || ended.as !== 'timeout' || tries === TRIES) return ended;
    }
  }

  async #play(provider: string, fault: Fault, stream: boolean): Promise<Ended> {
    this.options.signal?.throwIfAborted();
    const played = playedBy(provider, fault);
    if (!played) throw new Error(`${provider} cannot play "${fault.name}"`);
    this.options.forgetFailures();
    const ask = (): Promise<Told> => this.#ask(provider, played.prompt, stream);
    const vendor = this.options.vendors.get(provider);
    return outcomeOf(played.fault, await (fault.name === 'refused' && vendor ? vendor.away(ask) : ask()), stream);
  }

  async #ask(provider: string, prompt: string, stream: boolean): Promise<Told> {
    const { url, key, vendors, signal } = this.options;
    const model = vendors.has(provider) ? `${provider}/gpt-fake` : provider;
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ model, stream, fallback: false, messages: [{ role: 'user', content: prompt }] }),
      ...(signal && { signal }),
    });
    return { status: response.status, text: await response.text() };
  }
}
