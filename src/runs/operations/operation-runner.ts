import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { tap } from 'rxjs';
import { Operations } from './operations.js';
import { type Client } from '../../auth/client.js';
import { type CompletionCall } from '../../completion/completion-call.js';
import { CompletionService } from '../../completion/completion.service.js';
import { type Operation, type Prepared } from '../../completion/operation.js';
import { type Outcome } from '../../completion/outcome.js';
import { REDACTOR } from '../../completion/redactor.js';
import { type RouteHints } from '../../completion/route-hints.js';
import { ServerSettings } from '../../config/server-settings.js';
import { type Answer } from '../../kernel/answer.js';
import { BackgroundTurn } from '../../kernel/background-turn.js';
import { Flow } from '../../kernel/flow.js';
import { GatewayError, toGatewayError } from '../../kernel/gateway-error.js';
import { type Redactor } from '../../kernel/text-filter.js';
import { requestContext } from '../../observability/request-context.js';
import { Tracing } from '../../observability/tracing/tracing.js';
import { collect } from '../../streaming/collect.js';
import { oneValue } from '../../streaming/one-value.js';

/** A request as it can be stored. */
export interface StoredRequest {
  /** The path of its operation. */
  readonly endpoint: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Where it is to run, by its headers and its body. */
  readonly route: RouteHints['route'];
  /** For answers that name it, and for the log; left out: one is made. */
  readonly requestId?: string;
}

/** What the endpoint would have answered. */
export interface OperationAnswer {
  readonly status: number;
  /** JSON: the answer, or `{"error": …}`. */
  readonly body: object;
  /** Why there is no answer. Undefined where there is one, or a vendor refused the request in its own words. */
  readonly error: GatewayError | undefined;
}

type Terms = Pick<CompletionCall, 'subscriptions'>;

/** Runs stored requests with nobody waiting: after those that somebody waits for. */
@Injectable()
export class OperationRunner {
  constructor(
    private readonly operations: Operations,
    private readonly completions: CompletionService,
    private readonly settings: ServerSettings,
    @Inject(REDACTOR) private readonly redactor: Redactor,
    private readonly tracing: Tracing,
  ) {}

  /**
   * A request as it is to be stored: what it only names is in its place. It can be run, as far as can be known before: its form is right, and its client may use its model.
   *
   * @throws GatewayError as the endpoint would
   */
  async accept(request: StoredRequest, client: Client): Promise<StoredRequest> {
    const operation = this.#operationOf(request);
    const expanded = await this.#expand(operation, request, client);
    await this.completions.check(this.#callOf(this.#prepare(operation, expanded).call, client, new AbortController()));
    return expanded;
  }

  /**
   * The whole answer; what the request only names is put in its place before. Never rejects for what is wrong with an accepted request or its provider: that is an answer too.
   *
   * @param signal ends the turn at its vendor; this rejects then, with the signal's reason
   * @param terms whether the login of a subscription may be billed
   */
  run(request: StoredRequest, client: Client, signal: AbortSignal, terms: Terms = {}): Promise<OperationAnswer> {
    const requestId = request.requestId ?? randomUUID();
    const span = this.tracing.background('run a stored request', { 'shellm.request.id': requestId, 'shellm.client': client.name });
    return requestContext.run({ requestId, client: client.name, span }, async () => {
      try {
        return await this.#run({ ...request, requestId }, client, signal, terms);
      } finally {
        span?.end();
      }
    });
  }

  async #run(request: StoredRequest, client: Client, signal: AbortSignal, terms: Terms): Promise<OperationAnswer> {
    signal.throwIfAborted();
    const operation = this.#operationOf(request);
    const abort = new AbortController();
    const leave = (): void => {
      abort.abort(signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
    try {
      const prepared = this.#prepare(operation, await this.#expand(operation, request, client));
      const { outcome, answer } = await this.completions.run({ ...this.#callOf(prepared.call, client, abort), ...terms });
      return await bodyOf(await answer, prepared, outcome, abort.signal);
    } catch (error) {
      signal.throwIfAborted();
      return this.#failed(operation, toGatewayError(error));
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  async #expand(operation: Operation, request: StoredRequest, client: Client): Promise<StoredRequest> {
    const expanding = operation.expand?.(operation.check(request.body), client);
    return expanding ? { ...request, body: (await expanding) as StoredRequest['body'] } : request;
  }

  #failed(operation: Operation, error: GatewayError): OperationAnswer {
    const { status, body } = operation.failure(error);
    return { status, body: JSON.parse(this.redactor.redact(JSON.stringify(body), 'json')) as object, error };
  }

  #prepare(operation: Operation, { body, route, requestId = '' }: StoredRequest): Prepared {
    const prepared = operation.prepare(operation.check(body), { hints: { route, session: undefined, sessionHeader: undefined }, requestId });
    if (prepared.call.stream) throw new GatewayError('unsupported_parameter', 'Nobody listens to a request that is run later: leave "stream" out.', { param: 'stream' });
    return prepared;
  }

  #operationOf({ endpoint }: StoredRequest): Operation {
    const operation = this.operations.find(endpoint);
    if (!operation) throw new GatewayError('unsupported_operation', `Requests for "${endpoint.slice(0, 80)}" cannot be stored and run later.`, { param: 'url' });
    return operation;
  }

  #callOf(call: Prepared['call'], client: Client, abort: AbortController): CompletionCall {
    return { ...call, client, credential: undefined, background: new BackgroundTurn(this.settings.turnMaxMs), abort, flow: new Flow() };
  }
}

async function bodyOf(answer: Answer, { observe, answer: formatOf }: Prepared, outcome: Outcome, signal: AbortSignal): Promise<OperationAnswer> {
  if (answer.kind === 'body') return { status: answer.status, body: parsed(answer.body), error: undefined };
  if (answer.kind === 'wire') throw new Error('a stored request is not streamed');
  const events = observe ? answer.events.pipe(tap(observe)) : answer.events;
  const completion = await oneValue(events.pipe(collect()), signal);
  return { status: 200, body: formatOf(outcome).body(completion), error: undefined };
}

/** @throws GatewayError for what is no JSON object */
function parsed(bytes: Buffer): object {
  let body: unknown;
  try {
    body = JSON.parse(bytes.toString());
  } catch (cause) {
    throw new GatewayError('upstream_error', 'The provider answered with something that is no JSON.', { shouldRetry: false, cause });
  }
  if (typeof body !== 'object' || body === null) throw new GatewayError('upstream_error', 'The provider answered with something that is no JSON object.', { shouldRetry: false });
  return body;
}
