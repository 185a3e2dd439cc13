import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { bucketSizeOf } from '../usage/bucket-size.js';
import { type Overview, type OverviewQuestion, UsageOverview } from '../usage/usage-overview.js';

/** An overview is good for so many times as long as it took: looking, however often, takes a tenth of the time at most. */
const WORTH = 10;
const MAX_KEPT = 32;

interface Recent {
  readonly overview: Promise<Overview>;
  /** `performance.now()`; when it is made only. */
  goodUntil: number;
}

/** Overviews for whoever looks, made one after the other. Those of a long time take their time: they are kept for a while. */
@Injectable()
export class RecentOverviews {
  readonly #recent = new LRUCache<string, Recent>({ max: MAX_KEPT });
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly usage: UsageOverview) {}

  /** Its end may lie a little before what is asked for: it says so itself. */
  of(question: OverviewQuestion): Promise<Overview> {
    const key = keyOf(question);
    const known = this.#recent.get(key);
    if (known && performance.now() < known.goodUntil) return known.overview;
    const overview = this.#last.then(() => this.#make(question, recent));
    const recent: Recent = { overview, goodUntil: Infinity };
    this.#recent.set(key, recent);
    this.#last = overview.catch(() => {
      recent.goodUntil = -Infinity;
    });
    return overview;
  }

  async #make(question: OverviewQuestion, recent: Recent): Promise<Overview> {
    const began = performance.now();
    const overview = await this.usage.of(question);
    const now = performance.now();
    recent.goodUntil = now + (now - began) * WORTH;
    return overview;
  }
}

/** The same for times that lie in the same parts. */
function keyOf({ from, to, client, provider, model }: OverviewQuestion): string {
  const size = bucketSizeOf(to - from);
  return JSON.stringify([size, Math.floor(from / size), Math.floor(to / size), client, provider, model]);
}
