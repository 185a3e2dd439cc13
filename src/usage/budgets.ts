import { type OnApplicationShutdown } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { type Subscription } from 'rxjs';
import { type Amount, isBelow, type Limit, limitOf } from './amount.js';
import { endOfPeriod, periodOf } from './periods.js';
import { LEASE_MS, RedisSpend, type SpendKey } from './redis-spend.js';
import { SpendAccount } from './spend-account.js';
import { type UsageLedger } from './usage-ledger.js';
import { type UsageStore } from './usage-store.js';
import { type Budget } from '../kernel/budget.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type SpendTable } from '../storage/database.js';
import { type RedisLink } from '../redis/redis-link.js';

/** What others have spent is asked of the database when nothing was heard of it for so long. Milliseconds. */
const FRESH_MS = 5000;
/** So long a request waits for that. Milliseconds. */
const ASK_MS = 1000;
const SWEEP_MS = 60_000;

/** Who spends. */
export interface Spender {
  readonly id: string;
  readonly budget: Budget;
}

/** What a request has reserved of its client's budget. */
export interface Reservation {
  /** The request is over: what it took takes the reservation's place. Once. */
  settle(actual: Amount): void;
}

/** What a client has spent of its budget. */
export interface BudgetState {
  readonly spent: Amount;
  /** Milliseconds since 1970. */
  readonly resetsAt: number;
}

interface Account {
  readonly key: SpendKey;
  readonly own: SpendAccount;
  /** When the database was last heard of; milliseconds of a clock that never goes back. */
  heardAt: number;
  asking: Promise<void> | undefined;
}

/** What clients may spend. What a request may take is reserved before its provider is asked, here or in Redis where there is one, and settled at its end; the truth is the ledger's, which is taken in whenever it is heard of. */
export class Budgets implements OnApplicationShutdown {
  readonly #accounts = new Map<string, Account>();
  readonly #redis: RedisSpend;
  readonly #instance = randomUUID();
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #subscriptions: Subscription[];
  #last = 0;
  #sweptAt = -Infinity;

  /** @param now milliseconds since 1970 */
  constructor(
    private readonly store: Pick<UsageStore, 'spent' | 'spentIn'>,
    ledger: Pick<UsageLedger, 'written'>,
    redis: Pick<RedisLink, 'run' | 'usable' | 'configured' | 'returned'>,
    private readonly now: () => number = Date.now,
    leaseMs = LEASE_MS,
  ) {
    this.#redis = new RedisSpend(redis, leaseMs, now);
    this.#subscriptions = [
      ledger.written.subscribe((totals) => {
        this.#learnAll(totals);
      }),
      redis.returned.subscribe(() => {
        this.#renew();
        for (const { key, own } of this.#accounts.values()) void this.#redis.learn(key, own.spent);
      }),
    ];
    if (redis.configured) {
      this.#timer = setInterval(() => {
        this.#renew();
      }, leaseMs / 3).unref();
    }
  }

  /**
   * Reserves for a request.
   *
   * @param estimate what it may take
   * @param began when the request came: the period of that time pays, as in the ledger. Milliseconds since 1970
   * @throws GatewayError `budget_exceeded` where the budget is spent
   */
  async reserve(spender: Spender, estimate: Amount, began = this.now()): Promise<Reservation> {
    const account = this.#accountOf(spender, began);
    await this.#hear(account);
    const name = `${this.#instance}:${(this.#last += 1)}`;
    const taken = await this.#begin(account, name, estimate, limitOf(spender.budget));
    if (taken) throw exceeded(spender.budget, taken, account.key.endsAt, this.now());
    return {
      settle: (actual) => {
        this.#settle(account, name, actual);
      },
    };
  }

  /** What is spent of budgets, in their order, as far as is known here. */
  async statesOf(spenders: readonly Spender[]): Promise<BudgetState[]> {
    const accounts = spenders.map((spender) => this.#accountOf(spender));
    const periods = [...new Set(accounts.map(({ key }) => key.period))];
    if (periods.length > 0)
      await soon(async () => {
        this.#learnAll(await this.store.spentIn(periods));
      });
    return accounts.map(({ key, own }) => ({ spent: own.spent, resetsAt: key.endsAt }));
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
    for (const each of this.#subscriptions) each.unsubscribe();
  }

  /** Undefined: it has what it wants; else what is taken already. */
  async #begin({ key, own }: Account, name: string, estimate: Amount, limit: Limit): Promise<Amount | undefined> {
    const shared = this.#redis.usable ? await this.#redis.reserve(key, name, estimate, limit, own.spent) : undefined;
    if (shared) own.learn(shared.spent);
    // What is free is looked at and taken at once: nobody comes between.
    const taken = shared?.taken ?? own.taken(this.now());
    if (!(shared?.granted ?? isBelow(taken, limit))) return taken;
    own.reserve(name, estimate, this.now());
    return undefined;
  }

  #settle({ key, own }: Account, name: string, actual: Amount): void {
    if (!own.reserved.has(name)) return;
    own.settle(name, actual);
    if (this.#redis.usable) {
      void this.#redis.settle(key, name, actual, own.spent).then((spent) => {
        if (spent) own.learn(spent);
      });
    }
  }

  #learnAll(totals: readonly SpendTable[]): void {
    for (const { client_id, period, tokens, cost_nanos } of totals) {
      const account = this.#accounts.get(nameOf(client_id, period));
      if (account) this.#learn(account, { tokens, nanos: cost_nanos });
    }
  }

  #learn(account: Account, spent: Amount): void {
    account.own.learn(spent);
    account.heardAt = performance.now();
    if (this.#redis.usable) void this.#redis.learn(account.key, spent);
  }

  /** Nobody waits for a database that is away: then what is known here counts. */
  async #hear(account: Account): Promise<void> {
    if (performance.now() - account.heardAt < FRESH_MS) return;
    account.asking ??= this.#ask(account).finally(() => {
      account.asking = undefined;
      account.heardAt = performance.now();
    });
    await account.asking;
  }

  async #ask({ key, own }: Account): Promise<void> {
    const { tokens, cost_nanos } = (await soon(() => this.store.spent(key.client, key.period))) ?? nothingHeard;
    own.learn({ tokens, nanos: cost_nanos });
  }

  #accountOf({ id, budget: { period } }: Spender, now = this.now()): Account {
    const name = nameOf(id, periodOf(period, now));
    const known = this.#accounts.get(name);
    if (known) return known;
    this.#sweep(now);
    const account: Account = {
      key: { client: id, period: periodOf(period, now), endsAt: endOfPeriod(period, now) },
      own: new SpendAccount(),
      heardAt: -Infinity,
      asking: undefined,
    };
    this.#accounts.set(name, account);
    return account;
  }

  /** Accounts of periods that are over. */
  #sweep(now: number): void {
    if (performance.now() - this.#sweptAt < SWEEP_MS) return;
    this.#sweptAt = performance.now();
    for (const [name, { key, own }] of this.#accounts) if (key.endsAt <= now && own.reserved.size === 0) this.#accounts.delete(name);
  }

  #renew(): void {
    if (!this.#redis.usable) return;
    for (const { key, own } of this.#accounts.values()) if (own.reserved.size > 0) void this.#redis.renew(key, own.reserved);
  }
}

const nothingHeard = { tokens: 0, cost_nanos: 0 };

/** What the database says, where it does so soon. Never rejects. */
async function soon<T>(ask: () => Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ASK_MS, undefined);
  });
  try {
    return await Promise.race([ask(), late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

function nameOf(client: string, period: string): string {
  return `${period} ${client}`;
}

/** @param taken what is spent and reserved: of which amount it is too much */
function exceeded(budget: Budget, taken: Amount, endsAt: number, now: number): GatewayError {
  const { usd, tokens, period } = budget;
  const limit = limitOf(budget);
  const over = [
    ...(isBelow(taken, { ...limit, tokens: undefined }) ? [] : [`${usd ?? 0} dollars`]),
    ...(isBelow(taken, { ...limit, nanos: undefined }) ? [] : [`${tokens ?? 0} tokens`]),
  ];
  return new GatewayError(
    'budget_exceeded',
    `The budget of this key, ${over.join(' and ')} a ${period}, is spent or taken by its requests under way. It begins anew at ${new Date(endsAt).toISOString()}.`,
    { retryAfter: Math.max(1, Math.ceil((endsAt - now) / 1000)) },
  );
}
