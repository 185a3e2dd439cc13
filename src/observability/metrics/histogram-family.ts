import { Histogram, type Registry } from 'prom-client';
import { Distribution, secondsBuckets } from './distribution.js';

interface Child {
  readonly distribution: Distribution;
  readonly labels: Readonly<Record<string, string>>;
}

interface Sample {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly sharedLabels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A histogram of seconds by labels, made of {@link Distribution}s that whoever measures keeps. */
export class HistogramFamily<L extends string> extends Histogram<L> {
  readonly #name: string;
  readonly #help: string;
  readonly #children: Child[] = [];

  constructor(registry: Registry, name: `${string}_seconds`, help: string, labelNames: readonly L[]) {
    super({ name, help, labelNames, buckets: [...secondsBuckets], registers: [registry] });
    this.#name = name;
    this.#help = help;
  }

  /** Takes a distribution in for a set of labels. Once for each set. */
  child(labels: Readonly<Record<L, string>>, distribution = new Distribution()): Distribution {
    this.#children.push({ distribution, labels });
    return distribution;
  }

  /** What prom-client writes out. */
  getForPromString(): Promise<object> {
    return Promise.resolve({ name: this.#name, help: this.#help, type: 'histogram', aggregator: 'sum', values: this.#children.flatMap((child) => this.#samplesOf(child)) });
  }

  #samplesOf({ distribution, labels: sharedLabels }: Child): Sample[] {
    const { bounds, counts, sum } = distribution;
    let count = 0;
    const samples: Sample[] = counts.map((own, bucket) => {
      count += own;
      return { metricName: `${this.#name}_bucket`, labels: { le: bounds[bucket] ?? '+Inf' }, sharedLabels, value: count };
    });
    samples.push({ metricName: `${this.#name}_sum`, labels: {}, sharedLabels, value: sum }, { metricName: `${this.#name}_count`, labels: {}, sharedLabels, value: count });
    return samples;
  }
}
