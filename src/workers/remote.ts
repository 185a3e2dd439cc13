import { type OwnerCalls } from './calls.js';
import { type Channel } from './channel.js';
import { HandedOn } from '../completion/handed-on.js';
import { isRecoverable } from '../completion/fallback.js';
import { type CompletionCall } from '../completion/completion-call.js';
import { type Route } from '../completion/route-model.js';
import { toGatewayError } from '../kernel/gateway-error.js';
import { type CompletionFigures } from '../observability/metrics/completion-metrics.js';
import { type RequestFigures } from '../observability/metrics/request-metrics.js';
import { requestContext } from '../observability/request-context.js';
import { type Provider } from '../providers/provider.js';
import { type ProviderSettings } from '../providers/provider-settings.js';
import { type CountedWindow, type Verdict } from '../rate-limit/window-verdict.js';
import { type Amount } from '../usage/amount.js';
import { type Reservation, type Spender } from '../usage/budgets.js';
import { type UsageRow } from '../usage/usage-row.js';

/** What a worker has in the place of what there is one of: each asks the owner, or tells it, and stands for the class that is named. */
type Owner = Pick<Channel<OwnerCalls>, 'ask' | 'tell'>;

/** {@link RequestWindows}. */
export class RemoteWindows {
  constructor(private readonly owner: Owner) {}

  take(asked: readonly CountedWindow[]): Promise<Verdict> {
    return this.owner.ask('windows', asked);
  }
}

/** {@link Concurrency}. */
export class RemoteConcurrency {
  constructor(private readonly owner: Owner) {}

  async take(client: string, max: number): Promise<(() => void) | undefined> {
    const place = await this.owner.ask('place', { client, max });
    if (place === 0) return undefined;
    return () => {
      this.owner.tell('giveBack', place);
    };
  }
}

/** {@link Budgets}. */
export class RemoteBudgets {
  constructor(private readonly owner: Owner) {}

  async reserve({ id: client, budget }: Spender, estimate: Amount, began: number): Promise<Reservation> {
    const reservation = await this.owner.ask('reserve', { client, budget, estimate, began });
    return {
      settle: (actual) => {
        this.owner.tell('settle', { reservation, actual });
      },
    };
  }
}

/** {@link Metrics}, as far as requests and completions are counted, and {@link UsageLedger}: both are told of a completion in one word. */
export class RemoteBooks {
  #last: { readonly row: unknown; kept: boolean } | undefined;
  readonly requests = {
    ended: (figures: RequestFigures): void => {
      this.owner.tell('ended', figures);
    },
  };
  readonly completions = {
    ended: (figures: CompletionFigures, fallback: { readonly provider: string; readonly code: string } | undefined): void => {
      const completed = { row: figures as UsageRow, fallback: fallback ?? null, kept: false };
      this.#last = completed;
      this.owner.tell('completed', completed);
    },
  };

  constructor(private readonly owner: Owner) {}

  /** Right behind `completions.ended`, with the same row: what was said has not left yet. */
  record(row: UsageRow): void {
    if (this.#last?.row !== row) throw new Error('a row of the ledger that was not counted');
    this.#last.kept = true;
  }
}

/** {@link ProviderHealth}: the owner's breakers hear of every try, and the owner leads nobody here while one is not closed. */
export class RemoteHealth {
  constructor(private readonly owner: Owner) {}

  breaker({ id: provider }: Provider): object {
    const tell = (outcome: 'succeeded' | 'failed' | 'left') => (): void => {
      this.owner.tell('tried', { provider, outcome });
    };
    return { enter: () => true, succeeded: tell('succeeded'), failed: tell('failed'), left: tell('left') };
  }
}

/** {@link Router}: where the request leads was found out before. */
export class KnownRoute {
  route(): Route {
    const target = requestContext.getStore()?.target;
    if (!target) throw new Error('a request that leads nowhere');
    return { target };
  }
}

/** {@link StandIns}. */
export class OwnersStandIns {
  constructor(private readonly settings: ProviderSettings) {}

  /** @throws HandedOn where another provider may answer */
  find(error: unknown, _route: Route, call: CompletionCall): undefined {
    const failure = toGatewayError(error);
    if (call.fallback && isRecoverable(failure.code, this.settings.fallbackOnRateLimit)) throw new HandedOn(failure);
  }
}
