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

/** One request and its response: undici's events on one side, a promise of the headers and an Observable of the body on the other. */
class Exchange implements Dispatcher.DispatchHandler {
  #controller: Dispatcher.DispatchController | undefined;
  #next: ((chunk: Buffer) => void) | undefined;
  #complete: (() => void) | undefined;
  #error: ((error: unknown) => void) | undefined;
  #ended = false;
  /** What one read of the socket brought. */
  #gathered: Buffer[] = [];
  readonly #abort = (): void => {
    this.reject(this.signal.reason); // while the connection is still being made, nobody else says so
    this.#controller?.abort(this.signal.reason as Error);
  };

  constructor(
    private readonly signal: AbortSignal,
    private readonly flow: Flow,
    private readonly resolve: (response: UpstreamResponse) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    signal.addEventListener('abort', this.#abort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.signal.aborted) this.#abort();
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    controller.pause();
    this.resolve({ status, headers, body: new Observable((subscriber) => this.#subscribe(subscriber)) });
  }

  /** A read brings up to 64 KB, in as many pieces as the server wrote: they go on as one, as soon as it is parsed. In a burst that takes the price of a chunk from 12 µs to 3. */
  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#gathered.push(chunk) === 1) process.nextTick(this.#deliver);
  }

  onResponseEnd(): void {
    this.#end();
    this.#deliver();
    this.#complete?.();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#end();
    this.#deliver();
    const reason: unknown = this.signal.aborted ? this.signal.reason : error;
    this.reject(reason);
    this.#error?.(reason);
  }

  readonly #deliver = (): void => {
    const [first, ...others] = this.#gathered;
    if (!first) return;
    this.#gathered = [];
    this.#next?.(others.length === 0 ? first : Buffer.concat([first, ...others]));
  };

  #subscribe(subscriber: { next(chunk: Buffer): void; complete(): void; error(error: unknown): void }): () => void {
    this.#next = (chunk) => {
      subscriber.next(chunk);
    };
    this.#complete = () => {
      subscriber.complete();
    };
    this.#error = (error) => {
      subscriber.error(error);
    };
    this.flow.onChange((paused) => {
      if (this.#ended) return;
      if (paused) this.#controller?.pause();
      else this.#controller?.resume();
    });
    if (this.#ended) subscriber.error(new Error('the response ended before it was read'));
    else if (!this.flow.paused) this.#controller?.resume();
    return () => {
      if (!this.#ended) this.#controller?.abort(new Error('the reader left'));
    };
  }

  #end(): void {
    this.#ended = true;
    this.signal.removeEventListener('abort', this.#abort);
  }
}
