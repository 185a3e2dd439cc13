import { EventEmitter } from 'node:events';
import { type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import { type KeptAnswer } from '../../idempotency/kept-answer.js';
import { type BudgetShare } from '../../storage/owner-budget.js';

/** An answer that is longer is not kept, nor one for which its client's others leave no room. */
const MAX_BYTES = 8 * 1024 ** 2;

/**
 * Stands in for the client's response: what is written to it goes out and is kept. A client that leaves changes nothing for whoever writes, as long as there is
 * something to be kept. Has what the gateway's writers and Fastify use of a response, and no more.
 */
export class RecordedResponse extends EventEmitter {
  statusCode = 200;
  headersSent = false;
  writableEnded = false;
  #headers: Record<string, string> = {};
  #chunks: Buffer[] = [];
  #bytes = 0;
  #dropped = false;

  /** @param own headers of this one request, which are not kept @param share what the client's recordings may take together */
  constructor(
    private readonly client: ServerResponse,
    private readonly own: Readonly<Record<string, unknown>>,
    private readonly share: BudgetShare,
  ) {
    super();
    client.on('drain', () => this.emit('drain'));
    client.once('timeout', () => this.emit('timeout'));
    client.once('close', () => {
      this.emit('drain'); // whoever waited for the client need not any more
      if (this.destroyed) this.emit('close');
    });
  }

  /** The whole answer; undefined where it has not come to its end, or is too long. */
  get answer(): KeptAnswer | undefined {
    if (!this.writableEnded || this.#dropped) return undefined;
    return { status: this.statusCode, headers: this.#headers, body: Buffer.concat(this.#chunks) };
  }

  /** Nobody is there to write for. */
  get destroyed(): boolean {
    return this.client.destroyed && this.#dropped;
  }

  get writableFinished(): boolean {
    return this.client.writableFinished;
  }

  get writableLength(): number {
    return this.client.destroyed ? 0 : this.client.writableLength;
  }

  /** Those that were set on the client's response itself. */
  getHeaders(): OutgoingHttpHeaders {
    return this.client.getHeaders();
  }

  getHeader(name: string): number | string | string[] | undefined {
    return this.client.getHeader(name);
  }

  hasHeader(name: string): boolean {
    return this.client.hasHeader(name);
  }

  writeHead(status: number, headers: OutgoingHttpHeaders): this {
    this.statusCode = status;
    this.headersSent = true;
    const kept = Object.entries(headers).filter(([name, value]) => value !== undefined && name !== 'content-length' && !(name in this.own));
    this.#headers = Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
    if (!this.client.destroyed) this.client.writeHead(status, headers);
    return this;
  }

  write(chunk: string | Buffer): boolean {
    this.#record(chunk, 'utf8');
    return this.client.destroyed || this.client.write(chunk);
  }

  end(chunk?: string | Buffer | null, encoding?: BufferEncoding | null): this {
    const used = encoding ?? 'utf8';
    if (chunk !== undefined && chunk !== null) this.#record(chunk, used);
    this.writableEnded = true;
    if (this.client.destroyed) return this;
    if (chunk === undefined || chunk === null) this.client.end();
    else this.client.end(chunk, used);
    return this;
  }

  setTimeout(ms: number, callback?: () => void): this {
    if (!this.client.destroyed) this.client.setTimeout(ms, callback);
    return this;
  }

  /** Drops the client. */
  destroy(): this {
    this.client.destroy();
    return this;
  }

  #record(chunk: string | Buffer, encoding: BufferEncoding): void {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
    this.#bytes += bytes.length;
    if (!this.#dropped && this.#bytes <= MAX_BYTES && this.share.take(bytes.length)) {
      this.#chunks.push(bytes);
      return;
    }
    this.#dropped = true;
    this.#chunks = [];
    this.share.release();
    if (this.client.destroyed) this.emit('close');
  }
}
