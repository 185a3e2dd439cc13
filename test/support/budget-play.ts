import { expect } from '@jest/globals';
import { Subject } from 'rxjs';
import { type Budget } from '../../src/kernel/budget.js';
import { type GatewayError } from '../../src/kernel/gateway-error.js';
import { type SpendTable } from '../../src/storage/database.js';
import { type Amount, limitOf } from '../../src/usage/amount.js';
import { Budgets, type Reservation } from '../../src/usage/budgets.js';
import { periodOf } from '../../src/usage/periods.js';

export const LEASE = 45_000;
export const START = Date.UTC(2026, 10, 26, 12);
export const DAY = 86_400_000;

type Shared = ConstructorParameters<typeof Budgets>[2];

/** The database: what was written of what is spent. */
export class Books {
  readonly #totals = new Map<string, SpendTable>();
  /** Settled, and not written yet, by the instance that waits with it. */
  readonly pending: { readonly instance: number; readonly client: string; readonly period: string; readonly amount: Amount }[] = [];
  readonly written = [new Subject<readonly SpendTable[]>(), new Subject<readonly SpendTable[]>()];
  away = false;

  spent(client: string, period: string): Promise<SpendTable> {
    if (this.away) return Promise.reject(new Error('away'));
    return Promise.resolve(this.#totals.get(`${period} ${client}`) ?? { client_id: client, period, tokens: 0, cost_nanos: 0 });
  }

  spentIn(periods: readonly string[]): Promise<SpendTable[]> {
    if (this.away) return Promise.reject(new Error('away'));
    return Promise.resolve([...this.#totals.values()].filter(({ period }) => periods.includes(period)));
  }

  /** Writes what an instance waits with, and tells it so. */
  write(instance: number): void {
    const totals = this.pending
      .filter((each) => each.instance === instance)
      .map(({ client, period, amount: { tokens, nanos } }) => {
        const before = this.#totals.get(`${period} ${client}`) ?? { client_id: client, period, tokens: 0, cost_nanos: 0 };
        const total = { ...before, tokens: before.tokens + tokens, cost_nanos: before.cost_nanos + nanos };
        this.#totals.set(`${period} ${client}`, total);
        return total;
      });
    this.pending.splice(0, Infinity, ...this.pending.filter((each) => each.instance !== instance));
    this.written[instance]?.next(totals);
  }
}

interface Held {
  readonly client: string;
  readonly period: string;
  readonly instance: number;
  readonly estimate: Amount;
  until: number;
}

/** What is to be: all is known, at once. */
class Model {
  readonly #spent = new Map<string, Amount>();
  held: Held[] = [];

  sum(client: string, period: string, now: number): Amount {
    const own = this.held.filter((each) => each.client === client && each.period === period && each.until > now);
    const spent = this.spent(client, period);
    return { tokens: own.reduce((sum, { estimate }) => sum + estimate.tokens, spent.tokens), nanos: own.reduce((sum, { estimate }) => sum + estimate.nanos, spent.nanos) };
  }

  spent(client: string, period: string): Amount {
    return this.#spent.get(`${period} ${client}`) ?? { tokens: 0, nanos: 0 };
  }

  spend(client: string, period: string, { tokens, nanos }: Amount): void {
    const before = this.spent(client, period);
    this.#spent.set(`${period} ${client}`, { tokens: before.tokens + tokens, nanos: before.nanos + nanos });
  }
}

export interface World {
  readonly shared: Shared;
  readonly instances: number;
  readonly returned: Subject<void>;
  /** Everything shared is lost. */
  forget(): Promise<void>;
  at(now: number): void;
}

/** Two clients, and the instances that serve them; beside them the model of it. */
export class Play {
  readonly #books = new Books();
  readonly #model = new Model();
  readonly #budgets: Budgets[];
  readonly #reservations = new Map<Held, Reservation>();
  #now = START;

  constructor(
    private readonly world: World,
    private readonly limits: Readonly<Record<string, Budget>>,
  ) {
    this.#budgets = this.#books.written.map((_, index) => this.#open(index));
    world.at(this.#now);
  }

  /** It is let in if, and only if, what is spent and reserved is below the limit. */
  async reserve(client: string, at: number, estimate: Amount): Promise<void> {
    const budget = this.limits[client]!;
    const period = periodOf('day', this.#now);
    const sum = this.#model.sum(client, period, this.#now);
    const { tokens = Infinity, nanos = Infinity } = limitOf(budget);
    const expected = sum.tokens < tokens && sum.nanos < nanos ? 'in' : 'budget_exceeded';
    const got = await this.#budgets[at]!.reserve({ id: client, budget }, estimate).catch((error: unknown) => (error as GatewayError).code);
    expect([client, budget, sum, typeof got === 'string' ? got : 'in']).toEqual([client, budget, sum, expected]);
    if (typeof got === 'string') return;
    const held = { client, period, instance: at, estimate, until: this.#lease };
    this.#model.held.push(held);
    this.#reservations.set(held, got);
  }

  settle(which: number, amount: Amount): void {
    const living = [...this.#reservations];
    const [held, reservation] = living[which % living.length] ?? [];
    if (!held || !reservation) return;
    reservation.settle(amount);
    reservation.settle(amount);
    this.#reservations.delete(held);
    this.#model.held = this.#model.held.filter((other) => other !== held);
    this.#model.spend(held.client, held.period, amount);
    this.#books.pending.push({ instance: held.instance, client: held.client, period: held.period, amount });
  }

  write(at: number): void {
    this.#books.write(at);
  }

  /** Those that live renew in time; those that do not lapse. */
  pass(ms: number): void {
    const steps = ms === DAY ? [DAY] : Array.from({ length: Math.ceil(ms / 15_000) }, (_, index) => Math.min(15_000, ms - index * 15_000));
    for (const step of steps) {
      this.#now += step;
      this.world.at(this.#now);
      for (const held of this.#reservations.keys()) held.until = this.#lease;
      this.world.returned.next();
    }
  }

  /** What it had not written is lost. */
  die(at: number): void {
    this.#budgets[at]!.onApplicationShutdown();
    for (const held of this.#reservations.keys()) if (held.instance === at) this.#reservations.delete(held);
    this.#books.pending.splice(0, Infinity, ...this.#books.pending.filter(({ instance: other }) => other !== at));
    this.#budgets[at] = this.#open(at);
  }

  /** Everything that is shared is lost. */
  async forget(): Promise<void> {
    await this.world.forget();
    this.world.returned.next();
  }

  end(): void {
    for (const each of this.#budgets) each.onApplicationShutdown();
  }

  get #lease(): number {
    return this.world.instances > 1 ? this.#now + LEASE : Infinity;
  }

  #open(index: number): Budgets {
    return new Budgets(this.#books, { written: this.#books.written[index]! }, this.world.shared, () => this.#now, LEASE);
  }
}
