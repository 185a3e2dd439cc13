import { randomUUID } from 'node:crypto';
import { type CompletionCall } from './completion-call.js';
import { beginCompletion, endCompletion } from './completion-span.js';
import { HandedOn } from './handed-on.js';
import { mayTake } from './may-take.js';
import { noteFailure } from './note-failure.js';
import { type Outcome } from './outcome.js';
import { UsageSoFar } from './usage-so-far.js';
import { type Answer, type Facts } from '../kernel/answer.js';
import { type Budget } from '../kernel/budget.js';
import { type GatewayError, toGatewayError } from '../kernel/gateway-error.js';
import { type ModelId } from '../kernel/model-id.js';
import { statusOf } from '../kernel/status-of.js';
import { type StreamEvent } from '../kernel/stream-event.js';
import { type Usage } from '../kernel/usage.js';
import { type CompletionMetrics } from '../observability/metrics/completion-metrics.js';
import { requestContext } from '../observability/request-context.js';
import { type Span } from '../observability/tracing/span.js';
import { listen, type Listener } from '../streaming/listen.js';
import { type Amount } from '../usage/amount.js';
import { type Budgets, type Reservation } from '../usage/budgets.js';
import { type Prices } from '../usage/prices.js';
import { type UsageLedger } from '../usage/usage-ledger.js';
import { costOf, nameOf, tokensOf, type UsageRow } from '../usage/usage-row.js';

/** A client that left before its answer was over: nginx's status, and its name. */
const LEFT = { status: 499, error: 'client_closed_request' };

/** Where a completion's figures go. */
export interface Books {
  readonly prices: Prices;
  readonly ledger: Pick<UsageLedger, 'record'>;
  readonly budgets: Pick<Budgets, 'reserve'>;
  readonly metrics: Pick<CompletionMetrics, 'ended'>;
}

/** One completion as it is metered: heard until it is over, however that comes, and then counted and written down, once. */
export class Metering {
  /** Whom the request is led to. */
  target: ModelId | undefined;
  /** What vendors have done for it, where the answer's own figures do not come. */
  readonly soFar = new UsageSoFar();
  #outcome: Outcome | undefined;
  #facts: Facts = {};
  #failed = false;
  #subscribed = false;
  #firstAt = 0;
  #over = false;
  #reservation: Reservation | undefined;
  /** Not asked for later: what ends the answer may run in another request's context. */
  readonly #context = requestContext.getStore();
  readonly #requestId = this.#context?.requestId ?? null;
  #span: Span | undefined;
  readonly #startedAt = Date.now();
  readonly #began = performance.now();

  /** @param wanted whether it is written down */
  constructor(
    private readonly books: Books,
    private readonly call: CompletionCall,
    private readonly wanted: boolean,
  ) {
    call.abort.signal.addEventListener('abort', this, { once: true });
    if (this.#context?.span) this.#span = beginCompletion(this.#context);
  }

  /** The request is led there, and nobody is asked yet. */
  led(outcome: Outcome): void {
    this.#outcome = outcome;
    this.target = outcome.target;
  }

  /**
   * Reserves what the answer may take of its client's budget. Where the request is led to is known by now.
   *
   * @param call as it is run, its history included
   * @throws GatewayError `budget_exceeded`
   */
  async reserve(call: CompletionCall, budget: Budget): Promise<void> {
    const reservation = await this.books.budgets.reserve({ id: call.client.id, budget }, mayTake(call, this.#target, this.books.prices), this.#startedAt);
    this.#reservation = reservation;
    // Its client may have left meanwhile.
    if (this.#over) reservation.settle(nothingSpent);
  }

  /** What the answer says of itself; what comes later counts. */
  observe(facts: Facts): void {
    if (facts.failed) this.#failed = true;
    else this.#facts = facts;
  }

  /** It came to nothing. */
  fail(error: unknown): void {
    if (this.call.abort.signal.aborted) this.#leave();
    else if (error instanceof HandedOn) this.#handOn();
    else this.#close(toGatewayError(error));
  }

  /** The answer, heard on its way. */
  hear(answer: Answer): Answer {
    if (answer.kind === 'events') return { ...answer, events: answer.events.pipe(listen([{ ...this.#listener(), next: this.#event }])) };
    if (answer.kind === 'wire') return { ...answer, bytes: answer.bytes.pipe(listen([noteFailure(this.#context), this.#listener(), { begun: this.#hear }])) }; // the first of them are there
    this.#hear();
    if (answer.status < 400) this.#end();
    else this.#write(answer.status, 'upstream_error');
    return answer;
  }

  /** The call is aborted. Whoever reads the answer leaves it now by itself. */
  handleEvent(): void {
    if (!this.#subscribed) this.#leave();
  }

  #listener(): Listener<unknown> {
    return {
      begun: () => {
        this.#subscribed = true;
      },
      failed: (error) => {
        this.fail(error);
      },
      completed: () => {
        this.#end();
      },
      left: () => {
        // Some leave at the last word.
        if (this.#facts.usage && this.#facts.reason) this.#end();
        else this.#leave();
      },
    };
  }

  readonly #event = (event: StreamEvent): void => {
    if (event.type === 'text-delta' || event.type === 'reasoning-delta' || event.type === 'tool-call-delta') this.#hear();
  };

  readonly #hear = (): void => {
    if (this.#firstAt > 0) return;
    this.#firstAt = performance.now();
    if (this.#context) this.#context.ttftMs = this.#firstMs ?? undefined;
  };

  #end(): void {
    if (this.#failed) this.#write(statusOf.upstream_error, 'upstream_error');
    else this.#write(200, null);
  }

  #leave(): void {
    const { reason } = this.call.abort.signal as { readonly reason: unknown };
    const error = toGatewayError(reason);
    if (this.call.abort.signal.aborted && error.code !== 'internal_error') this.#close(error);
    else this.#write(LEFT.status, LEFT.error);
  }

  /** It goes on in another process, which counts it and writes it down. */
  #handOn(): void {
    this.#over = true;
    this.call.abort.signal.removeEventListener('abort', this);
    this.#reservation?.settle(nothingSpent);
  }

  #close({ code, vendor }: GatewayError): void {
    this.#write(vendor?.status ?? statusOf[code], code);
  }

  #write(status: number, error: string | null): void {
    if (this.#over) return;
    this.#over = true;
    const { call } = this;
    call.abort.signal.removeEventListener('abort', this);
    const row = this.#row(status, error);
    this.books.metrics.ended(row, this.#outcome?.fallback);
    if (this.#span) endCompletion(this.#span, row, call, this.#facts.reason);
    if (!this.wanted) return;
    this.books.ledger.record(row);
    this.#reservation?.settle({ tokens: row.prompt_tokens + row.completion_tokens, nanos: row.cost_nanos ?? 0 });
  }

  #row(status: number, error: string | null): UsageRow {
    const { client, stream } = this.call;
    const { fallback, session } = this.#outcome ?? {};
    const usage = this.#usage;
    return {
      // In the order of time: an index is then written where it was written last.
      id: `${this.#startedAt.toString(36)}-${randomUUID()}`,
      request_id: this.#requestId,
      started_at: this.#startedAt,
      client_id: client.id,
      client_name: client.name,
      provider: this.#target?.provider ?? null,
      model: this.#model,
      prompt_tokens: tokensOf(usage.inputTokens),
      completion_tokens: tokensOf(usage.outputTokens),
      cached_tokens: tokensOf(usage.cachedInputTokens),
      cache_write_tokens: tokensOf(usage.cacheWriteInputTokens),
      reasoning_tokens: tokensOf(usage.reasoningTokens),
      estimated: Number(usage.estimated === true),
      scaffold_tokens: usage.scaffoldTokens === undefined ? null : tokensOf(usage.scaffoldTokens),
      cost_nanos: this.#costOf(usage),
      latency_ms: Math.round(performance.now() - this.#began),
      ttft_ms: stream ? this.#firstMs : null,
      status,
      error,
      streamed: Number(stream),
      fallback_from: fallback?.provider ?? null,
      cache: this.#cache,
      session_id: session?.id ?? null,
    };
  }

  get #usage(): Usage {
    // What was kept took no tokens.
    return this.#cache === 'hit' ? nothing : (this.#facts.usage ?? this.soFar.usage() ?? nothing);
  }

  /** What leads nowhere may be any text: somebody's key, even. */
  get #model(): string | null {
    return this.#target ? nameOf(this.#running ?? this.#target.model) : null;
  }

  #costOf(usage: Usage): number | null {
    const cost = this.#target && this.books.prices.costOf(this.#target, this.#running, usage);
    return cost === undefined ? null : costOf(cost);
  }

  get #firstMs(): number | null {
    return this.#firstAt > 0 ? Math.round(this.#firstAt - this.#began) : null;
  }

  get #cache(): UsageRow['cache'] {
    const asked = this.#outcome?.cache;
    if (!asked) return null;
    return asked.hit ? 'hit' : 'miss';
  }

  get #target(): ModelId | undefined {
    return this.#outcome?.target ?? this.target;
  }

  /** The name under which the model runs, where its provider said it. */
  get #running(): string | undefined {
    return this.#outcome?.runningModel ?? this.#facts.model;
  }
}

const nothing: Usage = { inputTokens: 0, outputTokens: 0 };
const nothingSpent: Amount = { tokens: 0, nanos: 0 };
