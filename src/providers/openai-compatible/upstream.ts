import { Observable } from 'rxjs';
import { type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';
import { type IncomingHttpHeaders } from 'node:http';
import { WholeExchange, type WholeLimits, type WholeResponse } from './whole-exchange.js';
import { type Flow } from '../../kernel/flow.js';
import { TurnEnd } from '../../kernel/turn-end.js';

/** What goes out. */
export interface UpstreamMessage {
  readonly method: 'GET' | 'POST';
  /** Below the base URL; `../` is its parent. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface UpstreamRequest extends UpstreamMessage {
  readonly signal: AbortSignal;
  readonly flow: Flow;
}

export interface UpstreamResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Subscribe once: bytes as they come. Unsubscribing before the end aborts the exchange. */
  readonly body: Observable<Buffer>;
}

export interface Proxies {
  readonly httpProxy?: string | undefined;
  readonly httpsProxy?: string | undefined;
  readonly noProxy?: string | undefined;
}

interface Departure {
  readonly options: Dispatcher.DispatchOptions;
  readonly handler: Dispatcher.DispatchHandler;
}

/** HTTP to one origin over kept-alive connections; through the environment's proxy where it names one. Time limits are the caller's signal. */
export class Upstream {
  readonly #leaving = new TurnEnd<Departure>(({ options, handler }) => {
    this.#dispatcher.dispatch(options, handler);
  });
  readonly #dispatcher: Dispatcher;
  readonly #origin: string;
  readonly #prefix: string;

  constructor(baseUrl: string, proxies: Proxies) {
    const url = new URL(baseUrl);
    this.#origin = url.origin;
    this.#prefix = url.pathname.replace(/\/+$/, '');
    const options = { connections: 2048, pipelining: 1, bodyTimeout: 0, headersTimeout: 0, connect: { timeout: 10_000 } };
    const proxied = proxies.httpProxy !== undefined || proxies.httpsProxy !== undefined;
    this.#dispatcher = proxied
      ? new EnvHttpProxyAgent({ ...options, httpProxy: proxies.httpProxy ?? '', httpsProxy: proxies.httpsProxy ?? '', noProxy: proxies.noProxy ?? '' })
      : new Pool(this.#origin, options);
  }

  /** Resolves at the response's headers. Rejects with the signal's reason, or with the network's error. */
  send({ signal, flow, ...message }: UpstreamRequest): Promise<UpstreamResponse> {
    return new Promise((resolve, reject) => {
      this.#dispatch(message, new Exchange(signal, flow, resolve, reject));
    });
  }

  /** Resolves with the whole response; rejects as {@link WholeExchange} does. */
  sendWhole(message: UpstreamMessage, limits: WholeLimits): Promise<WholeResponse> {
    return new Promise((resolve, reject) => {
      this.#dispatch(message, new WholeExchange(limits, resolve, reject));
    });
  }

  /** Lets running exchanges end, then closes the connections; new ones are refused. */
  finish(): Promise<void> {
    return this.#dispatcher.close();
  }

  /** Ends everything at once. */
  close(): Promise<void> {
    return this.#dispatcher.destroy();
  }

  #dispatch({ method, path, headers, body }: UpstreamMessage, handler: Dispatcher.DispatchHandler): void {
    this.#leaving.add({ options: { origin: this.#origin, path: this.#pathOf(path), method, headers, body }, handler });
  }

  #pathOf(path: string): string {
    return path.startsWith('../') ? this.#prefix.slice(0, this.#prefix.lastIndexOf('/') + 1) + path.slice(3) : this.#prefix + path;
  }
}

/** Of streams that bring a piece each: they go on together, at the end of the event loop's turn. */
const arriving = new TurnEnd<Exchange>(deliver);

function deliver(exchange: Exchange): void {
  exchange.deliver();
}

interface Reader {
  next(chunk: Buffer): void;
  complete(): void;
  error(error: unknown): void;
}

/** One request and its response: undici's events on one side, a promise of the headers and an Observable of the body on the other. */
class Exchange implements Dispatcher.DispatchHandler {
  #controller: Dispatcher.DispatchController | undefined;
  #reader: Reader | undefined;
  #paused = false;
  #ended = false;
  #failure: { readonly reason: unknown } | undefined;
  #arrived: Buffer[] = [];
  #delivery = false;

  constructor(
    private readonly signal: AbortSignal,
    private readonly flow: Flow,
    private readonly resolve: (response: UpstreamResponse) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    signal.addEventListener('abort', this, { once: true });
  }

  /** The request is aborted. While the connection is still being made, nobody else says so. */
  handleEvent(): void {
    this.reject(this.signal.reason);
    this.#controller?.abort(this.signal.reason as Error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.signal.aborted) this.handleEvent();
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    this.resolve({ status, headers, body: new Observable((reader) => this.#subscribe(reader)) });
  }

  /**
   * A read brings up to 64 KB, in as many pieces as the server wrote: they go on as one, as soon as it is parsed. In a burst that takes the price of a chunk from
   * 12 µs to 3; gathered over several reads, chunks would cost half as much again.
   */
  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const pieces = this.#arrived.push(chunk);
    if (pieces === 1) this.#deliverSoon();
    else if (pieces === 2) process.nextTick(deliver, this);
  }

  onResponseEnd(): void {
    this.#end();
    this.#deliverSoon();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#end();
    const reason: unknown = this.signal.aborted ? this.signal.reason : error;
    this.#failure = { reason };
    this.reject(reason);
    this.deliver();
  }

  /** Gives the reader what has arrived. Where there is none yet, no more is read. */
  deliver(): void {
    this.#delivery = false;
    const reader = this.#reader;
    if (!reader) {
      this.#pause(true);
      return;
    }
    const arrived = this.#arrived;
    const [first] = arrived;
    if (first) {
      this.#arrived = [];
      reader.next(arrived.length === 1 ? first : Buffer.concat(arrived));
    }
    if (this.#failure) reader.error(this.#failure.reason);
    else if (this.#ended) reader.complete();
  }

  #deliverSoon(): void {
    if (this.#delivery) return;
    this.#delivery = true;
    arriving.add(this);
  }

  #subscribe(reader: Reader): () => void {
    this.#reader = reader;
    this.flow.onChange((paused) => {
      this.#pause(paused);
    });
    this.#pause(this.flow.paused);
    if (!this.#delivery) this.deliver();
    return () => {
      if (!this.#ended) this.#controller?.abort(new Error('the reader left'));
    };
  }

  #pause(paused: boolean): void {
    if (this.#ended || this.#paused === paused) return;
    this.#paused = paused;
    if (paused) this.#controller?.pause();
    else this.#controller?.resume();
  }

  #end(): void {
    this.#ended = true;
    this.signal.removeEventListener('abort', this);
  }
}
