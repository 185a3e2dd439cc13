import { Counter, type Registry } from 'prom-client';

/** One counter of a family: whoever holds it counts by adding to it. */
export interface Count {
  value: number;
}

interface Child extends Count {
  readonly labels: Record<string, never>;
  /** Written out once and remembered by prom-client. */
  readonly sharedLabels: Readonly<Record<string, string>>;
}

/** A counter by labels. prom-client's own looks its labels up at each call; here whoever counts keeps what it adds to. */
export class CounterFamily<L extends string> extends Counter<L> {
  readonly #help: string;
  readonly #name: string;
  readonly #children: Child[] = [];

  constructor(registry: Registry, name: `${string}_total`, help: string, labelNames: readonly L[]) {
    super({ name, help, labelNames, registers: [registry] });
    this.#name = name;
    this.#help = help;
  }

  /** A counter of its own for a set of labels. Ask once for each set. */
  child(labels: Readonly<Record<L, string>>): Count {
    const child: Child = { value: 0, labels: {}, sharedLabels: labels };
    this.#children.push(child);
    return child;
  }

  override get(): ReturnType<Counter<L>['get']> {
    return Promise.resolve({ name: this.#name, help: this.#help, type: 'counter', aggregator: 'sum', values: this.#children } as unknown as Awaited<ReturnType<Counter<L>['get']>>);
  }
}
