import { Inject, Injectable } from '@nestjs/common';
import { firstValueFrom, map, mergeMap, type Observable, tap } from 'rxjs';
import { ConversationAffinity } from './affinity.js';
import { asExpected } from './as-expected.js';
import { attempted, beginAttempt, spanOf } from './attempt-span.js';
import { type CircuitBreaker, isProviderFault } from './circuit-breaker.js';
import { type CompletionCall } from './completion-call.js';
import { estimateInput } from './estimate-input.js';
import { expectationOf } from './expectation.js';
import { KeptNames } from './kept-names.js';
import { ImageFetcher } from './image-fetcher.js';
import { inspectors } from './inspectors.js';
import { limitLength, limitOutput } from './limit-output.js';
import { limitSilence, limitTime, type TimeLimits } from './limit-time.js';
import { mayBill, subscriptionsOff } from './may-bill.js';
import { mayUse } from './may-use.js';
import { ProviderHealth } from './provider-health.js';
import { noteScaffold } from './scaffold.js';
import { redactError } from './redact-failure.js';
import { TurnWatch } from './turn-watch.js';
import { type BytesSoFar, type UsageSoFar } from './usage-so-far.js';
import { REDACTOR } from './redactor.js';
import { vendorBody } from './vendor-body.js';
import { warnOf } from './warn-of.js';
import { ServerSettings } from '../config/server-settings.js';
import { type BodyAnswer, type Facts, type WireAnswer, type WireFormat } from '../kernel/answer.js';
import { type CompletionRequest } from '../kernel/completion-request.js';
import { estimateInputTokens } from '../kernel/estimate-input-tokens.js';
import { GatewayError, toGatewayError } from '../kernel/gateway-error.js';
import { formatModelId, type ModelId } from '../kernel/model-id.js';
import { type StreamEvent } from '../kernel/stream-event.js';
import { type Redactor } from '../kernel/text-filter.js';
import { estimateTokens } from '../kernel/usage.js';
import { type Span } from '../observability/tracing/span.js';
import { type Affinity, type Provider, type WireCall } from '../providers/provider.js';
import { ProviderRegistry } from '../providers/provider-registry.js';
import { passThroughRedactor } from '../redaction/create-redactor.js';
import { redactEvents } from '../redaction/redact-events.js';
import { redactHeaders } from '../redaction/redact-headers.js';
import { ClientSchemas } from '../schema-worker/client-schemas.js';
import { deadline } from '../streaming/deadline.js';
import { endsOnce } from '../streaming/ends-once.js';
import { listen, type Listener } from '../streaming/listen.js';
import { peek } from '../streaming/peek.js';
import { timeoutError } from '../streaming/timeout-error.js';
import { charactersInBody } from '../wire/openai-chat/spoken.js';
import { StreamTail } from '../wire/openai-chat/stream-tail.js';
import { inspectCompletion } from '../wire/openai-chat/inspect-completion.js';
import { wantsUsage } from '../wire/openai-chat/stream-usage.js';

/** Who may try, with the breaker that lets it. */
export interface Admitted {
  readonly id: ModelId;
  readonly provider: Provider;
  readonly breaker: CircuitBreaker;
}

/** Who hears of an answer while it is told. */
export interface Witness {
  readonly observe: (facts: Facts) => void;
  readonly soFar: UsageSoFar;
}

/** A try that passes bytes on. */
interface Passing extends Admitted {
  readonly format: WireFormat;
  readonly call: CompletionCall;
  readonly work: BytesSoFar;
  readonly span: Span | undefined;
  readonly observe: Witness['observe'];
}

/** An answer's events, and the conversation that it makes. */
export interface EventsAttempt {
  readonly events: Observable<StreamEvent>;
  readonly conversation: ConversationAffinity;
}

/** One provider's try at a completion: admitted, limited in time and length, redacted, its outcome told to the circuit breaker. */
@Injectable()
export class Attempt {
  readonly #names = new KeptNames();

  constructor(
    private readonly registry: ProviderRegistry,
    private readonly health: ProviderHealth,
    private readonly settings: ServerSettings,
    private readonly images: ImageFetcher,
    private readonly schemas: ClientSchemas,
    @Inject(REDACTOR) private readonly redactor: Redactor,
  ) {}

  /** Whose model it is; undefined where there is no such provider. @throws GatewayError `model_not_allowed` */
  allowed(id: ModelId, { client }: Pick<CompletionCall, 'client'>): Provider | undefined {
    const provider = this.registry.get(id.provider);
    if (!mayUse(client, id, provider)) throw new GatewayError('model_not_allowed', `This key may not use "${formatModelId(id)}".`, { param: 'model' });
    return provider;
  }

  /** @throws GatewayError `model_not_allowed`, or `provider_unavailable` with what to do */
  admit(id: ModelId, call: CompletionCall): Admitted {
    const provider = this.allowed(id, call);
    const { credential } = call;
    if (!provider || !this.registry.isEnabled(id.provider)) {
      throw new GatewayError('provider_unavailable', `The provider "${id.provider}" is switched off. The operator can name it in SHELLM_PROVIDERS.`, { shouldRetry: false });
    }
    if (!provider.usable(credential !== undefined)) throw new GatewayError('provider_unavailable', provider.whatToDo, { shouldRetry: false });
    if (!mayBill(call, provider)) throw new GatewayError('provider_unavailable', subscriptionsOff(id.provider), { shouldRetry: false });
    const breaker = this.health.breaker(provider);
    if (!breaker.enter()) {
      throw new GatewayError('provider_unavailable', `The provider "${id.provider}" failed several times in a row and is left alone for another ${breaker.retryAfter} s.`, {
        retryAfter: breaker.retryAfter,
      });
    }
    return { id, provider, breaker };
  }

  /** The vendor's bytes. Resolves at the first of a stream, else when all are there: until then another provider may still answer. */
  async bytes(admitted: Admitted, format: WireFormat, call: CompletionCall, witness: Witness): Promise<WireAnswer | BodyAnswer> {
    const { id, provider, breaker } = admitted;
    const span = beginAttempt(id, provider);
    const work = witness.soFar.bytes(() => estimateInput(call));
    const passing: Passing = { ...admitted, format, call, work, span, observe: witness.observe };
    try {
      return call.stream ? await this.#streamed(passing) : await this.#whole(passing);
    } catch (error) {
      if (!call.abort.signal.aborted) work.failed(error);
      tell(breaker, error);
      span?.end({}, toGatewayError(error).code);
      throw redactError(error, this.redactor);
    }
  }

  async #streamed(passing: Passing): Promise<WireAnswer | BodyAnswer> {
    const { id, provider, breaker, format, call, work, span } = passing;
    const began = performance.now();
    const { idleMs, totalMs } = this.#limits(call);
    const wireCall = { format, body: vendorBody(call.body, id.model), credential: call.credential, flow: call.flow };
    const answer = await this.#passthrough(provider, wireCall, call.abort.signal, this.settings.requestTimeoutMs);
    if (answer.status >= 400) return this.#judged({ ...answer, kind: 'body', body: await firstValueFrom(answer.bytes) }, passing);
    const redactor = this.#redactorFor(call);
    const tail = new StreamTail();
    work.spoken = () => tail.tokens;
    const bytes = answer.bytes.pipe(
      limitTime(call.flow, { idleMs, totalMs: Math.max(0, Math.ceil(totalMs - (performance.now() - began))) }),
      inspectors[format].stream(redactor, witnessOf(passing), { tail, hidesUsage: !wantsUsage(call.body) }),
      listen([work, report(breaker, () => true), spanOf(span)], this.#told),
    );
    return { ...answer, headers: redactHeaders(answer.headers, redactor), bytes: await peek(bytes) };
  }

  /** No Observable, since nothing of it is told before all of it is there: a stream's operators and signals cost such an answer more than all else. */
  async #whole(passing: Passing): Promise<BodyAnswer> {
    const { id, provider, format, call } = passing;
    const { credential, abort, body } = call;
    if (!provider.passthroughWhole) throw noBytes(provider);
    const answer = await provider.passthroughWhole({ format, body: vendorBody(body, id.model), credential, signal: abort.signal, timeoutMs: this.#limits(call).totalMs });
    return this.#judged(answer, passing);
  }

  /** A whole answer as the client gets it, or a refusal, in which there are words in every dialect. */
  #judged(answer: BodyAnswer, passing: Passing): BodyAnswer {
    const { breaker, format, call, work, span } = passing;
    const refused = answer.status >= 400;
    const redactor = refused ? this.redactor : this.#redactorFor(call);
    const observe = witnessOf(passing);
    if (refused) work.failed();
    const body = refused ? inspectCompletion(answer.body, redactor, observe) : inspectors[format].completion(answer.body, redactor, observe);
    if (!refused) work.spoken = () => estimateTokens(charactersInBody(body.toString()));
    breaker.succeeded();
    span?.end();
    return { ...answer, headers: redactHeaders(answer.headers, redactor), body };
  }

  /** The answer as events: cold. */
  events({ id, provider, breaker }: Admitted, request: CompletionRequest, call: CompletionCall, { observe, soFar }: Witness): EventsAttempt {
    const conversation = new ConversationAffinity(call.client.id, id, request, this.#names);
    const { idleMs, totalMs } = this.#limits(call);
    const watch = new TurnWatch();
    const before = soFar.works;
    const turn = (asked: CompletionRequest, affinity: Affinity): Observable<StreamEvent> => {
      watch.begin();
      const work = soFar.turn(() => estimateInputTokens(asked) + estimateTokens(provider.scaffoldBytes?.(asked) ?? 0));
      const { credential, flow, background, client } = call;
      return provider.stream({ request: asked, model: id.model, owner: client.id, flow, affinity, credential, background, meter: work }).pipe(
        endsOnce(() => unfinished(provider)),
        noteScaffold(provider, request, asked),
        limitSilence(call.flow, idleMs, call.background),
        tap({
          next: (event) => {
            watch.hear(event);
            work.hear(event);
          },
          error: (error: unknown) => {
            watch.failed();
            work.failed(error);
          },
        }),
        limitLength(asked),
      );
    };
    const answer = expectationOf(provider, request, { owner: call.client.id, streamed: call.stream, schemas: this.schemas });
    const events = answer.pipe(
      mergeMap((expectation) =>
        this.images
          .fetchFor(provider, expectation?.request ?? request)
          .pipe(mergeMap((asked) => (expectation ? asExpected({ ...expectation, request: asked }, conversation, turn) : turn(asked, conversation)))),
      ),
      deadline(totalMs, call.background),
      limitOutput(request),
      warnOf(request.ignoredParameters),
      redactEvents(this.#redactorFor(call), request.responseFormat.type === 'text' ? 'text' : 'json'),
      listen([report(breaker, () => watch.mayBeAtFault(totalMs))], this.#told),
      map((event) => (event.type === 'stream-end' && event.usage.estimated ? { ...event, usage: soFar.usage(before) ?? event.usage } : event)),
      tap((event) => {
        conversation.observe(event);
        if (event.type === 'stream-end') observe({ model: id.model, reason: event.reason, usage: event.usage });
      }),
    );
    return { events: attempted(id, provider, events), conversation };
  }

  /** The try's own time-out leaves the request to another one. */
  async #passthrough(provider: Provider, call: Omit<WireCall, 'signal'>, request: AbortSignal, timeoutMs: number): Promise<WireAnswer> {
    if (!provider.passthrough) throw noBytes(provider);
    const abort = new AbortController();
    const leave = (): void => {
      abort.abort(request.reason);
    };
    if (request.aborted) leave();
    else request.addEventListener('abort', leave, { once: true });
    const timer = setTimeout(() => {
      abort.abort(timeoutError('The provider did not answer in time.'));
    }, timeoutMs);
    try {
      return await provider.passthrough({ ...call, signal: abort.signal });
    } finally {
      clearTimeout(timer);
    }
  }

  readonly #told = (error: unknown): unknown => redactError(error, this.redactor);

  /** An exempt client's answers go out as they are; what fails is cleaned all the same. */
  #redactorFor({ client }: CompletionCall): Redactor {
    return client.redact ? this.redactor : passThroughRedactor;
  }

  #limits({ stream, background }: CompletionCall): TimeLimits {
    const { requestTimeoutMs, turnMaxMs } = this.settings;
    return stream || background ? { idleMs: requestTimeoutMs, totalMs: turnMaxMs } : { idleMs: undefined, totalMs: requestTimeoutMs };
  }
}

function unfinished({ id, kind }: Provider): GatewayError {
  return new GatewayError(kind === 'cli' ? 'cli_failed' : 'upstream_error', `The provider "${id}" ended without finishing its answer.`, { shouldRetry: false });
}

function noBytes({ id }: Provider): Error {
  return new Error(`the provider ${id} passes no bytes on`);
}

/** Hears what an answer says of itself. */
function witnessOf({ work, observe }: Passing): (facts: Facts) => void {
  return (facts) => {
    if (facts.failed) work.failed();
    observe(facts);
  };
}

/** Tells the breaker how the answer went, however it ends. @param isItsFault whether an error may be the provider's */
function report(breaker: CircuitBreaker, isItsFault: (error: unknown) => boolean): Listener<unknown> {
  return {
    completed: () => {
      breaker.succeeded();
    },
    failed: (error) => {
      if (isItsFault(error)) tell(breaker, error);
      else breaker.left();
    },
    left: () => {
      breaker.left();
    },
  };
}

function tell(breaker: CircuitBreaker, error: unknown): void {
  if (isProviderFault(toGatewayError(error))) breaker.failed();
  else breaker.left();
}
