import { Injectable } from '@nestjs/common';
import { finalize, type MonoTypeOperatorFunction, type Observable, tap } from 'rxjs';
import { atEnd } from './at-end.js';
import { checkRequest } from './check-request.js';
import { type Admitted, Attempt } from './attempt.js';
import { CachedAnswers } from './cached-answer.js';
import { type CompletionCall, type Served } from './completion-call.js';
import { ConversationTurn } from './conversation-turn.js';
import { Meter } from './meter.js';
import { type Metering } from './metering.js';
import { noteFailure } from './note-failure.js';
import { Outcome } from './outcome.js';
import { type Route } from './route-model.js';
import { Router } from './router.js';
import { StandIns } from './stand-ins.js';
import { type UsageSoFar } from './usage-so-far.js';
import { withAlternate } from './with-alternate.js';
import { withinHistory } from './within-history.js';
import { type HistoryLease } from '../histories/history.js';
import { type Answer, type EventsAnswer, type Facts } from '../kernel/answer.js';
import { type CompletionRequest } from '../kernel/completion-request.js';
import { type StreamEvent } from '../kernel/stream-event.js';
import { type RequestContext, requestContext } from '../observability/request-context.js';
import { SessionService } from '../sessions/session.service.js';
import { listen } from '../streaming/listen.js';

/** One completion under way: where it was led, what became of it, and the log line that is being gathered. */
interface Run {
  readonly call: CompletionCall;
  readonly metering: Metering;
  readonly route: Route;
  readonly outcome: Outcome;
  readonly context: RequestContext | undefined;
  readonly observe: (facts: Facts) => void;
  readonly soFar: UsageSoFar;
}

/** The one use case: find who serves a request, run it, within its session or conversation where it has one, and let another one answer where the first fails. Knows no HTTP. */
@Injectable()
export class CompletionService {
  constructor(
    private readonly router: Router,
    private readonly attempt: Attempt,
    private readonly standIns: StandIns,
    private readonly sessions: SessionService,
    private readonly conversation: ConversationTurn,
    private readonly meter: Meter,
    private readonly cached: CachedAnswers,
  ) {}

  /** Finds who serves it and sets it off. @throws GatewayError for a request that nobody serves */
  async run(call: CompletionCall): Promise<Served> {
    const metering = this.meter.open(call);
    try {
      const served = await this.#led(call, metering);
      return { ...served, answer: heard(served, metering) };
    } catch (error) {
      metering.fail(error);
      throw error;
    }
  }

  #led(call: CompletionCall, metering: Metering): Served | Promise<Served> {
    const { session, conversation } = call;
    if (session !== undefined) return this.#withinSession(call, session, metering);
    if (conversation !== undefined) return this.conversation.run(call, conversation, (plain) => this.#once({ ...plain, cache: undefined }, metering));
    return this.#once(call, metering);
  }

  #once(call: CompletionCall, metering: Metering): Served {
    const run = this.#begin(call, metering, this.#route(call, undefined), undefined);
    return { outcome: run.outcome, answer: call.cache === undefined ? this.#answer(run) : this.#cachedAnswer(run) };
  }

  /** A kept answer where there is one; else one that is kept, where it can be. */
  async #cachedAnswer(run: Run): Promise<Answer> {
    const call = this.cached.callFor(run.call, run.route.target);
    if (!call) return this.#answer(run);
    const { outcome, context } = run;
    const answer = await this.cached.answer(call, outcome, () => this.#answer({ ...run, call }));
    const hit = outcome.cache?.hit === true;
    if (context) context.cache = hit ? 'hit' : 'miss';
    return hit ? this.#keptAnswer(answer, run) : answer;
  }

  #keptAnswer({ kind, events }: EventsAnswer, { outcome, metering, context }: Run): EventsAnswer {
    const noteEnd = tap((event: StreamEvent) => {
      if (event.type !== 'stream-end') return;
      const { reason, usage } = event;
      metering.observe({ reason, usage });
      // Its tokens were another request's.
      if (context) context.facts = { reason };
    });
    return { kind, events: events.pipe(noteModel(outcome), noteEnd) };
  }

  /**
   * Whether a call could be run, as far as can be known before it is: where it leads, whether its client may go there, and its form. Says nothing of how its provider is.
   *
   * @throws GatewayError as {@link run} would
   */
  async check(call: CompletionCall): Promise<void> {
    const { target } = this.#route(call, undefined);
    const provider = this.attempt.allowed(target, call);
    const { conversation, format, client } = call;
    if (conversation !== undefined) await this.conversation.check(conversation, client);
    if (!provider || (conversation === undefined && format !== undefined && provider.formats.includes(format))) return;
    const request = call.decode();
    // What a conversation's turn goes on from is known when it runs.
    if (conversation === undefined) checkRequest(provider, request);
  }

  #route({ route, credential, client }: CompletionCall, session: Route['target'] | undefined): Route {
    return this.router.route({ ...route, credential: credential !== undefined, session }, client);
  }

  #begin(call: CompletionCall, metering: Metering, route: Route, session: Outcome['session']): Run {
    const context = requestContext.getStore();
    if (context) context.target = route.target;
    const outcome = new Outcome(route.target, session);
    metering.led(outcome);
    const observe = (facts: Facts): void => {
      metering.observe(facts);
      if (!context) return;
      if (facts.failed) context.error ??= { code: 'upstream_error' };
      else context.facts = facts;
    };
    return { call, metering, route, outcome, context, observe, soFar: metering.soFar };
  }

  async #answer(run: Run): Promise<Answer> {
    const { call, route, metering } = run;
    // Who has no budget does not wait.
    if (call.client.budget) await metering.reserve(call, call.client.budget);
    if (call.failed) return this.#standIn(call.failed, run);
    let admitted: Admitted;
    try {
      admitted = this.attempt.admit(route.target, call);
    } catch (error) {
      return this.#standIn(error, run);
    }
    const { format } = call;
    if (format === undefined || !admitted.provider.formats.includes(format)) return this.#events(admitted, run);
    try {
      return await this.attempt.bytes(admitted, format, call, run);
    } catch (error) {
      return this.#standIn(error, run);
    }
  }

  #events(admitted: Admitted, run: Run): EventsAnswer {
    const { call, outcome, context } = run;
    const { events } = this.attempt.events(admitted, decodeFor(admitted, call), call, run);
    const guarded = withAlternate(events.pipe(noteModel(outcome)), { whole: !call.stream, sealed: () => outcome.sealed, next: (error) => this.#alternate(error, run) });
    return { kind: 'events', events: guarded.pipe(listen([noteFailure(context)])) };
  }

  /** @throws the error itself where nobody stands in */
  #standIn(error: unknown, run: Run): EventsAnswer {
    const events = this.#alternate(error, run);
    if (!events) throw error;
    return { kind: 'events', events: events.pipe(listen([noteFailure(run.context)])) };
  }

  #alternate(error: unknown, run: Run): Observable<StreamEvent> | undefined {
    const { call, route, outcome, context } = run;
    const standIn = outcome.sealed ? undefined : this.standIns.find(error, route, call);
    if (!standIn) return undefined;
    const { id, code, request } = standIn;
    // The client's own key is for the vendor that it named.
    const own = { ...call, credential: undefined };
    const admitted = this.attempt.admit(id, own);
    outcome.target = id;
    outcome.runningModel = undefined;
    outcome.fallback = { provider: route.target.provider, code };
    if (context) Object.assign(context, { target: id, fallback: outcome.fallback });
    return this.attempt.events(admitted, request, own, run).events.pipe(noteModel(outcome));
  }

  async #withinSession(call: CompletionCall, session: string, metering: Metering): Promise<Served> {
    const { client, abort } = call;
    const known = session === 'new' ? undefined : await this.sessions.acquire(session, client.id, abort.signal);
    try {
      const route = this.#route(call, known?.history.target);
      metering.target = route.target;
      if (client.budget) await metering.reserve(call, client.budget);
      const admitted = this.attempt.admit(route.target, call);
      const request = decodeFor(admitted, call, known);
      const lease = known ?? (await this.#open(client.id, abort.signal));
      const run = this.#begin(call, metering, route, { id: lease.history.id, created: known === undefined });
      return { outcome: run.outcome, answer: Promise.resolve(this.#turn(lease, admitted, request, run)) };
    } catch (error) {
      known?.release();
      throw error;
    }
  }

  async #open(owner: string, signal: AbortSignal): Promise<HistoryLease> {
    const { id } = await this.sessions.open(owner);
    return this.sessions.acquire(id, owner, signal);
  }

  /** A turn that fails leaves the session as it was. */
  #turn(lease: HistoryLease, admitted: Admitted, request: CompletionRequest, run: Run): EventsAnswer {
    const { call, outcome, context } = run;
    const { events, conversation } = this.attempt.events(admitted, request, call, run);
    const commit = (): Promise<void> => lease.commit({ target: admitted.id, system: request.system, messages: conversation.history() ?? [] });
    return {
      kind: 'events',
      events: events.pipe(
        noteModel(outcome),
        atEnd(commit),
        finalize(() => {
          lease.release();
        }),
        listen([noteFailure(context)]),
      ),
    };
  }
}

/** The answer as it is metered. */
async function heard({ answer }: Served, metering: Metering): Promise<Answer> {
  try {
    return metering.hear(await answer);
  } catch (error) {
    metering.fail(error);
    throw error;
  }
}

/** @throws GatewayError 400: the client's fault, which says nothing of the provider that was to serve it */
function decodeFor({ provider, breaker }: Admitted, call: CompletionCall, known?: HistoryLease): CompletionRequest {
  try {
    const request = known ? withinHistory(call.decode(), known) : call.decode();
    checkRequest(provider, request);
    return request;
  } catch (error) {
    breaker.left();
    throw error;
  }
}

/** Behind a short name, or one that the vendor has another model serve, there is a model that only the answer names. */
function noteModel(outcome: Outcome): MonoTypeOperatorFunction<StreamEvent> {
  return tap((event) => {
    if (event.type === 'stream-start' && event.model !== '') outcome.runningModel = event.model;
  });
}
