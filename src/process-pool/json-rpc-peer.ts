import { type Child } from './child.js';
import { INTERNAL_ERROR, JsonRpcError } from './json-rpc-error.js';
import { Flow } from '../kernel/flow.js';
import { GatewayError } from '../kernel/gateway-error.js';

/** What the program says of its own accord. */
export interface PeerHandlers {
  notification(method: string, params: unknown): void;
  /** Its result, or a promise of it, is the answer; throwing a {@link JsonRpcError} refuses. */
  request(method: string, params: unknown): unknown;
  /** The program is gone, or speaks no JSON-RPC: called once. Whatever was asked of it has been refused with the same error. */
  closed(error: GatewayError): void;
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** A program that speaks JSON-RPC 2.0 in lines over its stdin and stdout, without the member `jsonrpc`. It is heard for its whole life. */
export class JsonRpcPeer {
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #error: GatewayError | undefined;

  constructor(
    private readonly child: Child,
    private readonly name: string,
    private readonly handlers: PeerHandlers,
  ) {
    child.lines(new Flow()).subscribe({
      next: (line) => {
        // An exception must not reach the reader of the pipe.
        try {
          this.#hear(line);
        } catch (error) {
          this.#fail(error);
        }
      },
      error: (error: unknown) => {
        this.#fail(error);
      },
    });
  }

  /**
   * @param signal gives up waiting; the program may still do what it was asked
   * @throws JsonRpcError as the program refused; GatewayError where it is gone; the signal's reason
   */
  request(method: string, params: unknown, signal?: AbortSignal): Promise<unknown> {
    if (this.#error) return Promise.reject(this.#error);
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.#waiting.delete(id);
        signal?.removeEventListener('abort', give);
      };
      const give = (): void => {
        settle();
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', give, { once: true });
      this.#waiting.set(id, {
        resolve: (result) => {
          settle();
          resolve(result);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      });
      this.#write({ id, method, params });
    });
  }

  notify(method: string, params?: unknown): void {
    this.#write({ method, params });
  }

  #write(message: object): void {
    if (!this.#error) this.child.write(JSON.stringify(message));
  }

  #hear(line: string): void {
    const message = parse(line);
    if (!message) return; // a word of the program's own on stdout
    const { id, method, params } = message;
    if (typeof method !== 'string') this.#settle(message);
    else if (id === undefined || id === null) this.handlers.notification(method, params);
    else void this.#answer(id, method, params);
  }

  #settle({ id, result, error }: Message): void {
    const waiting = typeof id === 'number' ? this.#waiting.get(id) : undefined;
    if (!waiting) return;
    if (error === undefined || error === null) waiting.resolve(result);
    else waiting.reject(errorOf(error, this.name));
  }

  async #answer(id: unknown, method: string, params: unknown): Promise<void> {
    try {
      const result = await this.handlers.request(method, params);
      this.#write({ id, result: result ?? {} });
    } catch (error) {
      const { code, message } = error instanceof JsonRpcError ? error : { code: INTERNAL_ERROR, message: 'Internal error' };
      this.#write({ id, error: { code, message } });
    }
  }

  #fail(cause: unknown): void {
    const error = cause instanceof GatewayError ? cause : new GatewayError('cli_failed', `${this.name} failed.`, { cause });
    if (this.#error) return;
    this.#error = error;
    for (const waiting of [...this.#waiting.values()]) waiting.reject(error);
    this.handlers.closed(error);
  }
}

interface Message {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
}

function parse(line: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function errorOf(error: unknown, name: string): JsonRpcError {
  const { code, message, data } = (typeof error === 'object' && error !== null ? error : {}) as { code?: unknown; message?: unknown; data?: unknown };
  return new JsonRpcError(typeof code === 'number' ? code : INTERNAL_ERROR, typeof message === 'string' ? message : `${name} refused.`, data);
}
