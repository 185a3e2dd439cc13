import { type Dispatcher } from 'undici';
import { type IncomingHttpHeaders } from 'node:http';
import { GatewayError } from '../../kernel/gateway-error.js';
import { timeoutError } from '../../streaming/timeout-error.js';

const MAX_BODY_BYTES = 64 * 1024 ** 2;

export interface WholeResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface WholeLimits {
  readonly signal: AbortSignal;
  /** From the first byte out to the last one in. Milliseconds. */
  readonly timeoutMs: number;
}

/** The response began and did not end; `cause` is the network's error. */
export class CutShort extends Error {}

/**
 * One request whose response is wanted whole: undici's events on one side, a promise on the other, one listener and one timer for all of it. Rejects with the signal's
 * reason, with `timeout`, `output_limit_exceeded` (over 64 MB), {@link CutShort}, or the network's error where nothing came.
 */
export class WholeExchange implements Dispatcher.DispatchHandler {
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #pieces: Buffer[] = [];
  #length = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly limits: WholeLimits,
    private readonly resolve: (response: WholeResponse) => void,
    private readonly reject: (error: unknown) => void,
  ) {
    limits.signal.addEventListener('abort', this, { once: true });
    this.#timer = setTimeout(expire, limits.timeoutMs, this);
  }

  /** The request is aborted. */
  handleEvent(): void {
    this.#leave(this.limits.signal.reason);
  }

  /** Its time is over. */
  expire(): void {
    this.#leave(timeoutError(this.#status > 0 ? 'The answer was not complete in time.' : 'The provider did not answer in time.'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.limits.signal.aborted) this.handleEvent();
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, piece: Buffer): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length > MAX_BODY_BYTES) this.#leave(new GatewayError('output_limit_exceeded', 'The provider sent an answer that is too large.', { shouldRetry: false }));
  }

  onResponseEnd(): void {
    this.#end();
    const [first] = this.#pieces;
    this.resolve({ status: this.#status, headers: this.#headers, body: first && this.#pieces.length === 1 ? first : Buffer.concat(this.#pieces, this.#length) });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#end();
    this.reject(this.#status > 0 ? new CutShort(error.message, { cause: error }) : error);
  }

  /** While the connection is still being made, nobody else says so: what comes of the abort itself finds the promise settled. */
  #leave(reason: unknown): void {
    this.#end();
    this.reject(reason);
    this.#controller?.abort(reason as Error);
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.limits.signal.removeEventListener('abort', this);
  }
}

function expire(exchange: WholeExchange): void {
  exchange.expire();
}
