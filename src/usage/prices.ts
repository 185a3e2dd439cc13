import { type ConfigFile } from '../config/config-file.js';
import { type Price } from '../config/file-settings.js';
import { type ModelId, modelMatches } from '../kernel/model-id.js';
import { type Usage } from '../kernel/usage.js';

/** Names whose price is remembered: clients may ask for any model. */
const MAX_KNOWN = 1000;
/** A dollar per million tokens is so many billionths of a dollar for each. */
const NANOS = 1000;

interface Entry {
  readonly pattern: string;
  readonly price: Price;
  /** The most exact pattern has the lowest. */
  readonly rank: number;
}

/** The `prices` of `shellm.config.yaml`: what models cost, by the most exact pattern that covers them. */
export class Prices {
  #entries: readonly Entry[] = [];
  readonly #known = new Map<string, Entry | undefined>();

  constructor(file: Pick<ConfigFile, 'use'>) {
    file.use(({ prices }) => {
      const sorted = [...prices].sort(([one], [other]) => exactness(other) - exactness(one));
      const entries = sorted.map(([pattern, price], rank) => ({ pattern, price, rank }));
      return () => {
        this.#entries = entries;
        this.#known.clear();
      };
    });
  }

  /**
   * What tokens cost, in billionths of a dollar; undefined where the model has no price.
   *
   * @param running the name under which the model runs, where that is known to be another
   */
  costOf(target: ModelId, running: string | undefined, { inputTokens, outputTokens, cachedInputTokens = 0 }: Usage): number | undefined {
    const price = this.#priceOf(target, running);
    if (!price) return undefined;
    const cached = Math.min(cachedInputTokens, inputTokens);
    return Math.round(NANOS * ((inputTokens - cached) * price.input + cached * (price.cachedInput ?? price.input) + outputTokens * price.output));
  }

  #priceOf(target: ModelId, running: string | undefined): Price | undefined {
    if (this.#entries.length === 0) return undefined;
    const asked = this.#find(target);
    const ran = running === undefined || running === target.model ? undefined : this.#find({ provider: target.provider, model: running });
    if (!asked || !ran) return (asked ?? ran)?.price;
    return (ran.rank < asked.rank ? ran : asked).price;
  }

  #find(id: ModelId): Entry | undefined {
    const name = `${id.provider}/${id.model}`;
    const known = this.#known.get(name);
    if (known || this.#known.has(name)) return known;
    const found = this.#entries.find(({ pattern }) => modelMatches(pattern, id));
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(name, found);
    return found;
  }
}

/** A name without stars is the most exact, then the one that says the most. */
function exactness(pattern: string): number {
  const said = pattern.replaceAll('*', '').length;
  return said === pattern.length ? said + 1e6 : said;
}
