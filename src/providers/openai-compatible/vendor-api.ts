import { from, type Observable } from 'rxjs';
import { collectBody, tooLong } from './collect-body.js';
import { mapUpstreamError } from './map-upstream-error.js';
import { Quota } from './quota.js';
import { type Proxies, Upstream, type UpstreamMessage, type UpstreamResponse } from './upstream.js';
import { upstreamHeaders } from './upstream-headers.js';
import { type Vendor } from './vendor.js';
import { CutShort, type WholeLimits, type WholeResponse } from './whole-exchange.js';
import { INSTANCE_HEADER, instanceId } from '../../config/instance-id.js';
import { type WireFormat } from '../../kernel/answer.js';
import { Flow } from '../../kernel/flow.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { requestContext } from '../../observability/request-context.js';
import { listen } from '../../streaming/listen.js';

const MAX_ERROR_BYTES = 1024 ** 2;
const MAX_LIST_BYTES = 8 * 1024 ** 2;

/** Below the base URL. */
const paths: Readonly<Record<WireFormat, string>> = { 'openai-chat': '/chat/completions', 'openai-completions': '/completions', 'openai-embeddings': '/embeddings' };

export interface VendorResponse {
  readonly status: number;
  /** Those that a client may see. */
  readonly headers: Readonly<Record<string, string>>;
  /** Subscribe once: bytes as they come. Unsubscribing before the end aborts the exchange. */
  readonly body: Observable<Buffer>;
}

/** The same, whole. */
export interface VendorBody extends Omit<VendorResponse, 'body'> {
  readonly body: Buffer;
}

/** A vendor's API over HTTP: the key goes with each request, failures come back as the gateway's, rate limits are noted. */
export class VendorApi {
  readonly quota = new Quota();
  readonly #upstream: Upstream;
  readonly #ownHeaders: Readonly<Record<string, string>>;

  constructor(
    private readonly vendor: Vendor,
    proxies: Proxies,
  ) {
    this.#upstream = new Upstream(vendor.baseUrl, proxies);
    this.#ownHeaders = Object.freeze(headersWith(vendor.key));
  }

  /**
   * One request in a format of the vendor's. Resolves at the response's headers: below 300, or a 4xx that is the client's own affair.
   *
   * @throws GatewayError for every failure that does not pass unchanged
   */
  async complete(format: WireFormat, body: string, credential: string | undefined, signal: AbortSignal, flow: Flow): Promise<VendorResponse> {
    const clientKey = this.#clientKey(credential);
    const response = await this.#send({ ...this.#message(format, body, clientKey), signal, flow });
    const { status } = response;
    const headers = this.#headersOf(response, clientKey);
    if (status < 300) return { status, headers, body: response.body.pipe(listen([], this.#cutShort)) };
    const text = this.#refusal(response, headers, await collectBody(response.body, MAX_ERROR_BYTES), clientKey);
    return { status, headers, body: from([Buffer.from(text)]) };
  }

  /**
   * The same for an answer that is wanted whole: resolves when all of it is there.
   *
   * @throws GatewayError as `complete`, `timeout`, and `output_limit_exceeded`
   */
  async completeWhole(format: WireFormat, body: string, credential: string | undefined, limits: WholeLimits): Promise<VendorBody> {
    const clientKey = this.#clientKey(credential);
    const response = await this.#sendWhole(this.#message(format, body, clientKey), limits);
    const { status } = response;
    const headers = this.#headersOf(response, clientKey);
    if (status < 300) return { status, headers, body: response.body };
    if (response.body.length > MAX_ERROR_BYTES) throw tooLong();
    return { status, headers, body: Buffer.from(this.#refusal(response, headers, response.body.toString(), clientKey)) };
  }

  /** What a path below the base URL answers, with the gateway's own key. Rejects where it cannot be reached. */
  async get(path: string, signal: AbortSignal): Promise<{ readonly status: number; readonly text: string }> {
    const { status, body } = await this.#upstream.send({ method: 'GET', path, headers: this.#ownHeaders, body: null, signal, flow: new Flow() });
    return { status, text: await collectBody(body, MAX_LIST_BYTES) };
  }

  /** Lets running requests end, then closes the connections; takes no new ones. */
  finish(): Promise<void> {
    return this.#upstream.finish();
  }

  /** Closes the connections at once. */
  close(): Promise<void> {
    return this.#upstream.close();
  }

  #clientKey(credential: string | undefined): string | undefined {
    if (credential === undefined || this.vendor.clientKey === 'ignored') return undefined;
    if (this.vendor.clientKey === 'taken') return credential;
    throw new GatewayError('invalid_header_value', `This gateway takes no ${this.vendor.label} keys from its clients.`, { param: 'X-OpenAI-API-Key' });
  }

  #message(format: WireFormat, body: string, clientKey: string | undefined): UpstreamMessage {
    const { configured, advice } = this.vendor;
    if (clientKey === undefined && configured === false) throw new GatewayError('provider_unavailable', advice.unusable, { shouldRetry: false });
    const sent = clientKey === undefined ? this.#ownHeaders : headersWith(clientKey);
    return { method: 'POST', path: paths[format], headers: withTrace(sent), body };
  }

  #headersOf(response: Pick<UpstreamResponse, 'headers'>, clientKey: string | undefined): VendorResponse['headers'] {
    const headers = upstreamHeaders(response.headers);
    if (clientKey === undefined) this.quota.see(headers);
    return headers;
  }

  /** The words of a refusal that is the client's own affair. @throws GatewayError for any other */
  #refusal({ status, headers: all }: Omit<UpstreamResponse, 'body'>, headers: VendorResponse['headers'], body: string, clientKey: string | undefined): string {
    const { label, key: ownKey } = this.vendor;
    // Some vendors repeat the key in their errors; the gateway's own is nobody else's to see.
    const text = withoutKey(body, clientKey ?? ownKey);
    const key = clientKey === undefined ? (ownKey === undefined ? 'none' : 'gateway') : 'client';
    const error = mapUpstreamError(label, { status, body: text, retryAfter: all['retry-after'], headers, key });
    if (error) throw error;
    return text;
  }

  async #sendWhole(message: UpstreamMessage, limits: WholeLimits): Promise<WholeResponse> {
    try {
      return await this.#upstream.sendWhole(message, limits);
    } catch (error) {
      if (limits.signal.aborted) throw limits.signal.reason;
      if (error instanceof GatewayError) throw error;
      if (error instanceof CutShort) throw this.#cutShort(error.cause);
      throw this.#unreachable(error);
    }
  }

  async #send(request: Parameters<Upstream['send']>[0]): Promise<UpstreamResponse> {
    try {
      return await this.#upstream.send(request);
    } catch (cause) {
      if (request.signal.aborted) throw request.signal.reason;
      throw this.#unreachable(cause);
    }
  }

  #unreachable(cause: unknown): GatewayError {
    return new GatewayError('upstream_error', `The ${this.vendor.label} API could not be reached.`, { cause });
  }

  /** An answer that began and did not end. Our own time limits and the client's leaving are no fault of the vendor. */
  readonly #cutShort = (cause: unknown): unknown => {
    if (cause instanceof GatewayError) return cause;
    return new GatewayError('upstream_error', `The ${this.vendor.label} API cut its answer short.`, { cause, shouldRetry: false });
  };
}

function headersWith(key: string | undefined): Record<string, string> {
  return { ...(key === undefined ? {} : { authorization: `Bearer ${key}` }), 'content-type': 'application/json', [INSTANCE_HEADER]: instanceId };
}

function withoutKey(text: string, key: string | undefined): string {
  return key === undefined ? text : text.replaceAll(key, '[REDACTED:api_key]');
}

/** A vendor that traces goes on in the request's trace. */
function withTrace(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const span = requestContext.getStore()?.span;
  return span ? { ...headers, traceparent: span.traceparent } : headers;
}
