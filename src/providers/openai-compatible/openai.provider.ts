import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { catchError, from, Observable, switchMap } from 'rxjs';
import { collectBody } from './collect-body.js';
import { mapUpstreamError } from './map-upstream-error.js';
import { modelIdsOf } from './model-list.js';
import { OpenAiSettings } from './settings.js';
import { Upstream, type UpstreamResponse } from './upstream.js';
import { upstreamHeaders } from './upstream-headers.js';
import { ENVIRONMENT, type Environment } from '../../config/environment.js';
import { INSTANCE_HEADER, instanceId } from '../../config/instance-id.js';
import { refuseOwnAddress } from '../../config/own-address.js';
import { ServerSettings } from '../../config/server-settings.js';
import { type WireAnswer } from '../../kernel/answer.js';
import { type Capabilities } from '../../kernel/capabilities.js';
import { Flow } from '../../kernel/flow.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type StreamEvent } from '../../kernel/stream-event.js';
import { LOG, type Log } from '../../observability/log.js';
import { decodeStream } from '../../wire/openai-chat/decode-stream.js';
import { encodeRequest } from '../../wire/openai-chat/encode-request.js';
import { type Provider, type ProviderStatus, type Turn, type WireCall } from '../provider.js';

const MAX_ERROR_BYTES = 1024 ** 2;
const MAX_LIST_BYTES = 8 * 1024 ** 2;
const LIST_TIMEOUT_MS = 10_000;
const LIST_AGE_MS = 10 * 60_000;

/** The OpenAI API, or whatever speaks it at `OPENAI_BASE_URL`: bytes pass through, what the gateway must know is read on the way. */
@Injectable()
export class OpenAiProvider implements Provider, OnApplicationShutdown {
  readonly id = 'openai';
  readonly kind = 'api';
  readonly defaultModel = 'gpt-4o';
  readonly passesAnyModel = true;
  readonly formats = ['openai-chat'] as const;
  readonly whatToDo = 'The OpenAI provider has no API key. Set OPENAI_API_KEY, or send your own key as X-OpenAI-API-Key where the operator allows it.';
  readonly capabilities: Capabilities = {
    streaming: 'native',
    system: 'native',
    tools: 'native',
    json_schema: 'native',
    images: 'native',
    files: 'native',
    reasoning: 'native',
    stop: 'native',
    max_tokens: 'native',
    usage: 'native',
    sessions: 'none',
  };
  readonly configured: boolean;
  readonly #upstream: Upstream;
  #models: readonly string[] = [];
  #listedAt = -Infinity;
  #refused: string | undefined;

  constructor(
    private readonly settings: OpenAiSettings,
    @Inject(ENVIRONMENT) environment: Environment,
    @Inject(LOG) private readonly log: Log,
    server: ServerSettings,
  ) {
    refuseOwnAddress('OPENAI_BASE_URL', settings.baseUrl, server);
    this.configured = settings.apiKey !== undefined;
    const proxy = (name: string): string | undefined => environment[name.toLowerCase()] ?? environment[name];
    this.#upstream = new Upstream(settings.baseUrl, { httpProxy: proxy('HTTP_PROXY'), httpsProxy: proxy('HTTPS_PROXY'), noProxy: proxy('NO_PROXY') });
  }

  start(): void {
    this.models();
  }

  /** From memory; a list that has grown old is fetched again in the background. */
  models(): readonly string[] {
    if (this.configured && performance.now() - this.#listedAt > LIST_AGE_MS) {
      this.#listedAt = performance.now();
      void this.#list();
    }
    return this.#models;
  }

  usable(credential: boolean): boolean {
    return this.configured || (credential && this.settings.allowClientKey);
  }

  async status(): Promise<ProviderStatus> {
    if (!this.configured) return { status: 'unavailable', installed: true, authenticated: false, detail: this.whatToDo };
    this.#listedAt = performance.now();
    await this.#list();
    const detail = this.#refused;
    if (detail !== undefined) return { status: 'unavailable', installed: true, authenticated: false, auth: 'api_key', detail };
    return { status: 'ready', installed: true, authenticated: true, auth: 'api_key' };
  }

  stream({ request, model, flow }: Turn): Observable<StreamEvent> {
    return new Observable((subscriber) => {
      const abort = new AbortController();
      const body = JSON.stringify(encodeRequest(request, model, { stream: true }));
      subscriber.add(() => {
        abort.abort();
      });
      subscriber.add(
        from(this.#complete(body, undefined, abort.signal, flow))
          .pipe(switchMap((response) => this.#events(response)))
          .subscribe(subscriber),
      );
    });
  }

  async passthrough({ body, credential, signal, flow }: WireCall): Promise<WireAnswer> {
    const { status, headers, body: bytes } = await this.#complete(encoded(body), credential, signal, flow);
    return { kind: 'wire', wire: 'openai-chat', status, headers: upstreamHeaders(headers), bytes: bytes.pipe(catchError(cutShort)) };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#upstream.close();
  }

  /** One chat completion at the vendor. @throws GatewayError for every failure that does not pass unchanged */
  async #complete(body: string, credential: string | undefined, signal: AbortSignal, flow: Flow): Promise<UpstreamResponse> {
    if (credential !== undefined && !this.settings.allowClientKey) {
      throw new GatewayError('invalid_header_value', 'This gateway takes no OpenAI keys from its clients.', { param: 'X-OpenAI-API-Key' });
    }
    const key = credential ?? this.settings.apiKey;
    if (key === undefined) throw new GatewayError('provider_unavailable', this.whatToDo, { shouldRetry: false });
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', [INSTANCE_HEADER]: instanceId };
    const response = await this.#send({ method: 'POST', path: '/chat/completions', headers, body, signal, flow });
    if (response.status < 300) return response;
    // Some vendors repeat the key in their errors; the gateway's own is nobody else's to see.
    const text = (await collectBody(response.body, MAX_ERROR_BYTES)).replaceAll(key, '[REDACTED:api_key]');
    const retryAfter = response.headers['retry-after'];
    const error = mapUpstreamError('OpenAI', { status: response.status, body: text, retryAfter, headers: upstreamHeaders(response.headers), ownKey: key === credential });
    if (error) throw error;
    return { ...response, body: from([Buffer.from(text)]) };
  }

  #events({ status, body }: UpstreamResponse): Observable<StreamEvent> {
    if (status < 300) return body.pipe(catchError(cutShort), decodeStream());
    return from(collectBody(body, MAX_ERROR_BYTES)).pipe(
      switchMap((text) => {
        throw new GatewayError('invalid_parameter', text.slice(0, 2000));
      }),
    );
  }

  async #send(request: Parameters<Upstream['send']>[0]): Promise<UpstreamResponse> {
    try {
      return await this.#upstream.send(request);
    } catch (cause) {
      if (request.signal.aborted) throw request.signal.reason;
      throw new GatewayError('upstream_error', 'The OpenAI API could not be reached.', { cause });
    }
  }

  async #list(): Promise<void> {
    const abort = AbortSignal.timeout(LIST_TIMEOUT_MS);
    try {
      const headers = { authorization: `Bearer ${this.settings.apiKey ?? ''}` };
      const { status, body } = await this.#upstream.send({ method: 'GET', path: '/models', headers, body: null, signal: abort, flow: new Flow() });
      const text = await collectBody(body, MAX_LIST_BYTES);
      this.#refused = status === 401 || status === 403 ? 'OpenAI refused the API key. Check OPENAI_API_KEY.' : undefined;
      // An outage or a server without a list does not make us forget what we know.
      if (status === 200) this.#models = modelIdsOf(text);
    } catch (error) {
      this.#refused = 'The OpenAI API cannot be reached. Check OPENAI_BASE_URL and the network.';
      this.log.debug({ err: error }, 'the list of OpenAI models could not be read');
    }
  }
}

/** An answer that began and did not end. Our own time limits and the client's leaving are no fault of the vendor. */
function cutShort(cause: unknown): never {
  if (cause instanceof GatewayError) throw cause;
  throw new GatewayError('upstream_error', 'The OpenAI API cut its answer short.', { cause, shouldRetry: false });
}

/** What the parser reads, the encoder may not be able to write: it nests by recursion. */
function encoded(body: Readonly<Record<string, unknown>>): string {
  try {
    return JSON.stringify(body);
  } catch (cause) {
    throw new GatewayError('invalid_parameter', 'The request body is nested too deeply.', { cause });
  }
}
