import { Inject, Injectable } from '@nestjs/common';
import { type MonoTypeOperatorFunction, type Observable, tap } from 'rxjs';
import { ConversationAffinity } from './affinity.js';
import { type CompletionCall, type Served } from './completion-call.js';
import { limitOutput } from './limit-output.js';
import { limitTime } from './limit-time.js';
import { redactFailure } from './redact-failure.js';
import { routeModel } from './route-model.js';
import { vendorBody } from './vendor-body.js';
import { ServerSettings } from '../config/server-settings.js';
import { type Facts, type WireAnswer } from '../kernel/answer.js';
import { type Flow } from '../kernel/flow.js';
import { GatewayError, toGatewayError } from '../kernel/gateway-error.js';
import { formatModelId, type ModelId, modelMatches } from '../kernel/model-id.js';
import { type StreamEvent } from '../kernel/stream-event.js';
import { type Redactor } from '../kernel/text-filter.js';
import { requestContext } from '../observability/request-context.js';
import { type Provider } from '../providers/provider.js';
import { ProviderRegistry } from '../providers/provider-registry.js';
import { redactEvents } from '../redaction/redact-events.js';
import { endsOnce } from '../streaming/ends-once.js';
import { inspectors } from './inspectors.js';

/** Token of the gateway's {@link Redactor}. */
export const REDACTOR = Symbol('REDACTOR');

/** The one use case: find who serves a request, run it, and tap the answer for redaction and facts. Knows no HTTP. */
@Injectable()
export class CompletionService {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly settings: ServerSettings,
    @Inject(REDACTOR) private readonly redactor: Redactor,
  ) {}

  /** Finds who serves it and sets it off. @throws GatewayError for a request that nobody serves */
  run(call: CompletionCall): Served {
    const id = routeModel({ ...call.route, credential: call.credential !== undefined }, this.registry);
    const context = requestContext.getStore();
    if (context) context.target = id;
    const provider = this.#admit(id, call);
    const observe = (facts: Facts): void => {
      if (context) context.facts = facts;
    };
    if (provider.passthrough && provider.formats.includes(call.format)) return { id, answer: this.#pass(provider.passthrough.bind(provider), id, call, observe) };
    return { id, answer: Promise.resolve({ kind: 'events', events: this.#events(provider, id, call, observe) }) };
  }

  #admit(id: ModelId, call: CompletionCall): Provider {
    const { client, credential } = call;
    if (client.models && !client.models.some((pattern) => modelMatches(pattern, id))) {
      throw new GatewayError('model_not_allowed', `This key may not use "${formatModelId(id)}".`, { param: 'model' });
    }
    const provider = this.registry.get(id.provider);
    if (!provider || !this.registry.isEnabled(id.provider)) {
      throw new GatewayError('provider_unavailable', `The provider "${id.provider}" is switched off. The operator can name it in SHELLM_PROVIDERS.`, { shouldRetry: false });
    }
    if (!provider.usable(credential !== undefined)) {
      throw new GatewayError('provider_unavailable', provider.whatToDo, { shouldRetry: false });
    }
    return provider;
  }

  async #pass(passthrough: NonNullable<Provider['passthrough']>, { model }: ModelId, call: CompletionCall, observe: (facts: Facts) => void): Promise<WireAnswer> {
    const { format, credential, abort, flow, stream } = call;
    const began = performance.now();
    const timer = setTimeout(() => {
      abort.abort(new GatewayError('timeout', 'The provider did not answer in time.', { shouldRetry: false }));
    }, this.settings.requestTimeoutMs);
    try {
      const answer = await passthrough({ format, body: vendorBody(call.body, model), credential, signal: abort.signal, flow });
      const inspect = inspectors[format];
      const tapped = stream && answer.status < 400 ? inspect.stream(this.redactor, observe) : inspect.completion(this.redactor, observe);
      return { ...answer, bytes: answer.bytes.pipe(this.#limitTime(flow, stream, performance.now() - began), tapped, noteFailure()) };
    } finally {
      clearTimeout(timer);
    }
  }

  #events(provider: Provider, id: ModelId, call: CompletionCall, observe: (facts: Facts) => void): Observable<StreamEvent> {
    const request = call.decode();
    const affinity = new ConversationAffinity(call.client.id, id, request);
    return provider.stream({ request, model: id.model, owner: call.client.id, flow: call.flow, affinity }).pipe(
      endsOnce(
        () =>
          new GatewayError(provider.kind === 'cli' ? 'cli_failed' : 'upstream_error', `The provider "${id.provider}" ended without finishing its answer.`, { shouldRetry: false }),
      ),
      this.#limitTime(call.flow, call.stream, 0),
      limitOutput(request),
      redactEvents(this.redactor),
      redactFailure(this.redactor),
      tap((event) => {
        affinity.observe(event);
        if (event.type === 'stream-end') observe({ model: id.model, reason: event.reason, usage: event.usage });
      }),
      noteFailure(),
    );
  }

  #limitTime<T>(flow: Flow, stream: boolean, spentMs: number): MonoTypeOperatorFunction<T> {
    const { requestTimeoutMs, turnMaxMs } = this.settings;
    return limitTime(flow, { idleMs: stream ? requestTimeoutMs : undefined, totalMs: (stream ? turnMaxMs : requestTimeoutMs) - spentMs });
  }
}

/** A failure after the first byte leaves as a 200: only the log can tell. */
function noteFailure<T>(): MonoTypeOperatorFunction<T> {
  const context = requestContext.getStore();
  return tap({
    error: (failure: unknown) => {
      const { code, cause } = toGatewayError(failure);
      if (context) context.error = { code, cause };
    },
  });
}
