import { from, map, type MonoTypeOperatorFunction, Observable, switchMap } from 'rxjs';
import { collectBody } from './collect-body.js';
import { mapRefusal } from './map-refusal.js';
import { MeteredStreams } from './metered-streams.js';
import { ModelList } from './model-list.js';
import { readModels, readOllamaModels } from './read-models.js';
import { type Proxies } from './upstream.js';
import { type Vendor } from './vendor.js';
import { VendorApi, type VendorResponse } from './vendor-api.js';
import { type BodyAnswer, type WireAnswer } from '../../kernel/answer.js';
import { type Capabilities } from '../../kernel/capabilities.js';
import { type CompletionRequest } from '../../kernel/completion-request.js';
import { estimateInputTokens } from '../../kernel/estimate-input-tokens.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type QuotaWindow } from '../../kernel/quota.js';
import { type StreamEvent } from '../../kernel/stream-event.js';
import { type Log } from '../../observability/log.js';
import { decodeStream } from '../../wire/openai-chat/decode-stream.js';
import { encodeRequest } from '../../wire/openai-chat/encode-request.js';
import { type Provider, type ProviderStatus, type Turn, type TurnMeter, type WholeCall, type WireCall } from '../provider.js';

const MAX_ERROR_BYTES = 1024 ** 2;
const LIST_TIMES = { ageMs: 10 * 60_000, retryMs: 30_000, timeoutMs: 10_000 };
/** A server on this machine answers soon, or is not there. */
const LOOK_TIMES = { ageMs: 30_000, retryMs: 30_000, timeoutMs: 3000 };

/** One API that speaks Chat Completions: bytes pass through, what the gateway must know is read on the way. */
export class OpenAiCompatibleProvider implements Provider {
  readonly id: string;
  readonly kind = 'api';
  readonly passesAnyModel = true;
  readonly formats = ['openai-chat', 'openai-completions', 'openai-embeddings'] as const;
  readonly whatToDo: string;
  readonly capabilities: Capabilities;
  readonly #api: VendorApi;
  readonly #metered: MeteredStreams;
  readonly #list: ModelList;
  readonly #byDefault: readonly string[];
  #started = false;
  #retired = false;
  #closed = false;

  constructor(
    private readonly vendor: Vendor,
    proxies: Proxies,
    log: Log,
  ) {
    const { id, capabilities, advice, defaultModel, configured } = vendor;
    this.id = id;
    this.capabilities = capabilities;
    this.whatToDo = advice.unusable;
    this.#byDefault = defaultModel === undefined ? [] : [defaultModel];
    const api = new VendorApi(vendor, proxies);
    this.#api = api;
    this.#metered = new MeteredStreams(api);
    const read = configured === undefined ? readOllamaModels : readModels;
    this.#list = new ModelList(
      (signal) => read(api, signal),
      configured === undefined ? LOOK_TIMES : LIST_TIMES,
      (err) => {
        log.debug({ err, provider: id }, 'the list of models could not be read');
      },
    );
  }

  /** One that is looked for is configured while it answers. */
  get configured(): boolean {
    this.#touch();
    return this.vendor.configured ?? this.#list.present;
  }

  get defaultModel(): string {
    return this.vendor.defaultModel ?? this.#list.models[0] ?? '';
  }

  /** A reload took it away. */
  get retired(): boolean {
    return this.#retired;
  }

  /** It may hold connections: it was started, and has not ended. */
  get running(): boolean {
    return this.#started && !this.#closed;
  }

  start(): void {
    this.#started = true;
    this.#touch();
  }

  retire(): void {
    this.#retired = true;
    void this.#api.finish().finally(() => {
      this.#closed = true;
    });
  }

  /** Ends what still runs. */
  close(): Promise<void> {
    return this.#api.close();
  }

  models(): readonly string[] {
    if (!this.configured) return [];
    const { models } = this.#list;
    return models.length > 0 ? models : this.#byDefault;
  }

  usable(credential: boolean): boolean {
    return !this.#retired && (this.configured || (credential && this.vendor.clientKey === 'taken'));
  }

  async status(): Promise<ProviderStatus> {
    const { configured, label, key, advice } = this.vendor;
    if (configured !== false) await this.#list.refresh();
    if (!this.configured) return { status: 'unavailable', installed: configured === false, authenticated: false, detail: advice.unusable };
    const auth = key === undefined ? {} : ({ auth: 'api_key' } as const);
    const trouble = { status: 'unavailable', installed: true, authenticated: false, ...auth } as const;
    const { state } = this.#list;
    if (state === 'refused') return { ...trouble, detail: `${label} ${key === undefined ? 'asks for an API key' : 'refused the API key'}. ${advice.refused}` };
    if (state === 'unreachable' || state === 'slow') return { ...trouble, detail: `The ${label} API cannot be reached. ${advice.unreachable}` };
    return { status: 'ready', installed: true, authenticated: true, ...auth };
  }

  quota(): readonly QuotaWindow[] {
    return this.#api.quota.windows();
  }

  stream({ request, model, flow, credential, meter }: Turn): Observable<StreamEvent> {
    const { label, maxTokensName, unknownParameters: without } = this.vendor;
    return new Observable((subscriber) => {
      refuseApiOnly(label, request.apiOnlyParameters);
      const ignored = without.filter((name) => request.vendorParameters?.[name] !== undefined).map((parameter) => ({ type: 'ignored-parameter' as const, parameter }));
      const abort = new AbortController();
      const body = encodeRequest(request, model, { stream: true, maxTokensName, without });
      subscriber.add(() => {
        abort.abort();
      });
      meter?.begun();
      subscriber.add(
        from(this.#metered.complete('openai-chat', body, { credential, signal: abort.signal, flow }))
          .pipe(
            switchMap((response) => this.#events(response, request, meter)),
            map((event) => (event.type === 'stream-start' && ignored.length > 0 ? { ...event, warnings: [...event.warnings, ...ignored] } : event)),
          )
          .subscribe(subscriber),
      );
    });
  }

  async passthrough({ format, body, ...exchange }: WireCall): Promise<WireAnswer> {
    const { status, headers, body: bytes } = await this.#metered.complete(format, body, exchange);
    return { kind: 'wire', status, headers, bytes };
  }

  async passthroughWhole({ format, body, credential, ...limits }: WholeCall): Promise<BodyAnswer> {
    const { status, headers, body: whole } = await this.#api.completeWhole(format, JSON.stringify(body), credential, limits);
    return { kind: 'body', status, headers, body: whole };
  }

  #events({ status, headers, body }: VendorResponse, request: CompletionRequest, meter: TurnMeter | undefined): Observable<StreamEvent> {
    if (status < 300)
      return body.pipe(
        decodeStream(
          () => estimateInputTokens(request),
          (tell) => meter?.counted(tell),
        ),
        withHeaders(headers),
      );
    return from(collectBody(body, MAX_ERROR_BYTES)).pipe(
      switchMap((text) => {
        throw mapRefusal(this.vendor.label, status, text, headers);
      }),
    );
  }

  /** Nothing is asked of a vendor before the start, without a key, or after the end. */
  #touch(): void {
    if (this.#started && !this.#retired && this.vendor.configured !== false) this.#list.touch();
  }
}

/** The answer's own form is not the vendor's. */
function withHeaders(sent: VendorResponse['headers']): MonoTypeOperatorFunction<StreamEvent> {
  const headers = Object.fromEntries(Object.entries(sent).filter(([name]) => name !== 'content-type'));
  return map((event) => (event.type === 'stream-start' ? { ...event, headers } : event));
}

/** Events cannot carry several answers, log probabilities or audio. */
function refuseApiOnly(label: string, [parameter]: readonly string[]): void {
  if (parameter === undefined) return;
  const message = `"${parameter}" is only possible where ${label}'s answer passes through unchanged: on /v1/chat/completions, without a session.`;
  throw new GatewayError('unsupported_parameter', message, { param: parameter });
}
