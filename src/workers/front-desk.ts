import { type INestApplicationContext } from '@nestjs/common';
import { getStorageToken } from '@nestjs/throttler';
import { type DestinationStream } from 'pino';
import { type OwnerCalls, type RouteQuestion } from './calls.js';
import { AuthService } from '../auth/auth.service.js';
import { KeyRing } from '../auth/key-ring.js';
import { mayUse } from '../completion/may-use.js';
import { ProviderHealth } from '../completion/provider-health.js';
import { Router } from '../completion/router.js';
import { Admission } from '../http/admission.js';
import { type GatewayRequest } from '../http/gateway-request.js';
import { type ModelId } from '../kernel/model-id.js';
import { Metrics } from '../observability/metrics/metrics.js';
import { LOG_DESTINATION } from '../observability/observability.module.js';
import { type Provider } from '../providers/provider.js';
import { ProviderRegistry } from '../providers/provider-registry.js';
import { Concurrency } from '../rate-limit/concurrency.js';
import { type RequestWindows } from '../rate-limit/request-windows.js';
import { nothing } from '../usage/amount.js';
import { Budgets, type Reservation } from '../usage/budgets.js';
import { UsageLedger } from '../usage/usage-ledger.js';

/** What there is one of, whoever asks. */
export class House {
  readonly keys: KeyRing;
  readonly auth: AuthService;
  readonly router: Router;
  readonly registry: ProviderRegistry;
  readonly health: ProviderHealth;
  readonly windows: RequestWindows;
  readonly concurrency: Concurrency;
  readonly budgets: Budgets;
  readonly ledger: UsageLedger;
  readonly admission: Admission;
  readonly metrics: Metrics;
  readonly log: DestinationStream;

  constructor(app: INestApplicationContext) {
    this.keys = app.get(KeyRing);
    this.auth = app.get(AuthService);
    this.router = app.get(Router);
    this.registry = app.get(ProviderRegistry);
    this.health = app.get(ProviderHealth);
    this.windows = app.get<RequestWindows>(getStorageToken());
    this.concurrency = app.get(Concurrency);
    this.budgets = app.get(Budgets);
    this.ledger = app.get(UsageLedger);
    this.admission = app.get(Admission);
    this.metrics = app.get(Metrics);
    this.log = app.get<DestinationStream>(LOG_DESTINATION);
  }
}

/** Does for one worker what only the owner can, and gives back what it held when it is gone. */
export class FrontDesk {
  readonly #places = new Map<number, () => void>();
  readonly #reservations = new Map<number, Reservation>();
  readonly #requests = new Map<number, Pick<GatewayRequest, 'context'>>();
  #last = 0;

  /** @param forget tells all workers that what they know of who serves what holds no longer */
  constructor(
    private readonly house: House,
    private readonly forget: () => void,
  ) {}

  /** All but what is about the worker itself. */
  get calls(): Omit<OwnerCalls, 'listening' | 'failed'> {
    const { house } = this;
    return {
      keys: () => house.keys.snapshot,
      route: (question) => this.#route(question),
      windows: (asked) => house.windows.take(asked),
      place: ({ client, max }) => this.#place(client, max),
      giveBack: (place) => {
        this.#places.get(place)?.();
        this.#places.delete(place);
      },
      reserve: async ({ client: id, budget, estimate, began }) => {
        const reservation = await house.budgets.reserve({ id, budget }, estimate, began);
        this.#reservations.set((this.#last += 1), reservation);
        return this.#last;
      },
      settle: ({ reservation, actual }) => {
        this.#reservations.get(reservation)?.settle(actual);
        this.#reservations.delete(reservation);
      },
      began: ({ number, id: requestId, client }) => {
        const work = { context: { requestId, client } };
        this.#requests.set(number, work);
        house.admission.add(work);
      },
      left: (number) => {
        const work = this.#requests.get(number);
        if (work) house.admission.leave(work);
        this.#requests.delete(number);
      },
      ended: (figures) => {
        house.metrics.requests.ended(figures);
      },
      completed: ({ row, fallback, kept }) => {
        house.metrics.completions.ended(row, fallback ?? undefined);
        if (kept) house.ledger.record(row);
      },
      tried: ({ provider, outcome }) => {
        const known = house.registry.get(provider);
        if (!known) return;
        const breaker = house.health.breaker(known);
        breaker[outcome]();
        if (breaker.state !== 'closed') this.forget();
      },
      log: (lines) => {
        house.log.write(lines);
      },
      sync: () => null,
    };
  }

  /** The worker is gone. What it was at is over: nobody knows what it took. */
  close(): void {
    for (const giveBack of this.#places.values()) giveBack();
    for (const reservation of this.#reservations.values()) reservation.settle(nothing);
    for (const work of this.#requests.values()) this.house.admission.leave(work);
    this.#places.clear();
    this.#reservations.clear();
    this.#requests.clear();
  }

  #place(client: string, max: number): number | Promise<number> {
    const keep = (giveBack: (() => void) | undefined): number => {
      if (!giveBack) return 0;
      this.#places.set((this.#last += 1), giveBack);
      return this.#last;
    };
    const place = this.house.concurrency.take(client, max);
    return place instanceof Promise ? place.then(keep) : keep(place);
  }

  /** Whatever else it leads to, an error too, is for the owner. */
  #route({ client: id, format, ...request }: RouteQuestion): ModelId | null {
    const { auth, router, registry, health } = this.house;
    const client = auth.find(id);
    if (!client) return null;
    let target: ModelId;
    try {
      ({ target } = router.route({ ...request, credential: false, session: undefined }, client));
    } catch {
      return null;
    }
    const provider = registry.get(target.provider);
    const passesOn = provider?.kind === 'api' && provider.formats.includes(format) && registry.isEnabled(provider.id) && isUp(provider, health);
    return passesOn && mayUse(client, target, provider) ? target : null;
  }
}

/** One whose breaker is not closed is for who knows when it may be tried. */
function isUp(provider: Provider, health: ProviderHealth): boolean {
  return provider.usable(false) && health.breaker(provider).state === 'closed';
}
