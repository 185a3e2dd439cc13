import { type Registry } from 'prom-client';
import { type Count, CounterFamily } from './counter-family.js';

/** Counters by the values of labels that have few of them. */
export class CounterTable<L extends string> {
  readonly #counts = new Map<string, Count>();
  readonly #family: CounterFamily<L>;

  constructor(
    registry: Registry,
    name: `${string}_total`,
    help: string,
    private readonly labelNames: readonly L[],
  ) {
    this.#family = new CounterFamily(registry, name, help, labelNames);
  }

  /** @param values of the labels, in their order */
  count(...values: readonly string[]): void {
    const key = values.length === 1 ? (values[0] ?? '') : values.join('\0');
    let count = this.#counts.get(key);
    if (!count) {
      count = this.#family.child(Object.fromEntries(this.labelNames.map((name, index) => [name, values[index] ?? ''])) as Record<L, string>);
      this.#counts.set(key, count);
    }
    count.value += 1;
  }
}
