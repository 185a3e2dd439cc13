/** From a cache's answer to a long agent's turn. Seconds. */
export const secondsBuckets: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** How values are spread over buckets: to note one is a few comparisons, and allocates nothing. */
export class Distribution {
  /** Of each bucket alone; the last has what is over all bounds. */
  readonly counts: number[];
  sum = 0;

  constructor(readonly bounds = secondsBuckets) {
    this.counts = new Array<number>(bounds.length + 1).fill(0);
  }

  observe(value: number): void {
    const { bounds, counts } = this;
    let bucket = 0;
    while (value > (bounds[bucket] ?? Infinity)) bucket += 1;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
    this.sum += value;
  }
}
