import { Injectable } from '@nestjs/common';
import { type CompletionCall } from './completion-call.js';
import { type Books, Metering } from './metering.js';
import { Metrics } from '../observability/metrics/metrics.js';
import { Budgets } from '../usage/budgets.js';
import { Prices } from '../usage/prices.js';
import { UsageLedger } from '../usage/usage-ledger.js';
import { UsageSettings } from '../usage/usage-settings.js';

/** Sees to it that what each completion took is counted and written down. */
@Injectable()
export class Meter {
  readonly #books: Books;

  constructor(
    private readonly settings: UsageSettings,
    prices: Prices,
    ledger: UsageLedger,
    budgets: Budgets,
    metrics: Metrics,
  ) {
    this.#books = { prices, ledger, budgets, metrics: metrics.completions };
  }

  /** A completion begins. */
  open(call: CompletionCall): Metering {
    return new Metering(this.#books, call, this.settings.usage || call.client.budget !== undefined);
  }
}
