import { type GatewayError } from '../kernel/gateway-error.js';

export interface CircuitBreakerOptions {
  /** Failures in a row that open it. */
  readonly failures: number;
  /** How long it stays open before one request may try; doubled each time that one fails. Milliseconds. */
  readonly openMs: number;
  readonly maxOpenMs: number;
}

const defaults: CircuitBreakerOptions = { failures: 5, openMs: 30_000, maxOpenMs: 300_000 };

/** `half-open`: it was open for long enough, and one request may try or tries. */
export type BreakerState = 'closed' | 'half-open' | 'open';

/** Spares a provider that fails again and again, and the clients the wait for it. It closes by itself: after a while one request may try. */
export class CircuitBreaker {
  readonly #options: CircuitBreakerOptions;
  #failures = 0;
  /** Times it opened since the last success. */
  #opened = 0;
  #openUntil = -Infinity;
  /** A request tries; one that never tells how it went does not count for ever. */
  #tryingUntil = -Infinity;

  constructor(
    options: Partial<CircuitBreakerOptions> = {},
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#options = { ...defaults, ...options };
  }

  /** Whether a request would be refused at this moment. */
  get open(): boolean {
    return this.#opened > 0 && (this.#trying || this.now() < this.#openUntil);
  }

  get state(): BreakerState {
    if (this.#opened === 0) return 'closed';
    return this.now() < this.#openUntil ? 'open' : 'half-open';
  }

  /** Whole seconds until a request may try; at least one. */
  get retryAfter(): number {
    return Math.max(1, Math.ceil((this.#openUntil - this.now()) / 1000));
  }

  /** A request sets off, unless it is open: false. Whoever was let in tells how it went: {@link succeeded}, {@link failed} or {@link left}. */
  enter(): boolean {
    if (this.open) return false;
    if (this.#opened > 0) this.#tryingUntil = this.now() + this.#options.openMs;
    return true;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#opened = 0;
    this.#tryingUntil = -Infinity;
  }

  failed(): void {
    this.#failures += 1;
    if (!this.#trying && this.#failures < this.#options.failures) return;
    // What was under way when it opened says nothing new.
    if (!this.#trying && this.open) return;
    this.#openUntil = this.now() + Math.min(this.#options.maxOpenMs, this.#options.openMs * 2 ** this.#opened);
    this.#opened += 1;
    this.#tryingUntil = -Infinity;
  }

  /** The request ended without saying anything of the provider: the client left, or was at fault. */
  left(): void {
    this.#tryingUntil = -Infinity;
  }

  get #trying(): boolean {
    return this.now() < this.#tryingUntil;
  }
}

const faults: ReadonlySet<string> = new Set(['cli_failed', 'upstream_error', 'provider_unavailable', 'timeout']);

/** Whether an error is the provider's fault. A wait for a turn slot that was too long is not, nor is what its model did. */
export function isProviderFault(error: GatewayError): boolean {
  return faults.has(error.code) && !waitedForSlot(error) && !error.ofModel;
}

/** Whether a request gave up because no turn slot became free in time. Unlike any other timeout it says when to come back. */
function waitedForSlot({ code, retryAfter }: GatewayError): boolean {
  return code === 'timeout' && retryAfter !== undefined;
}
