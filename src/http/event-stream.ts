import { type Observable, Subscriber } from 'rxjs';
import { type GatewayReply, type GatewayRequest } from './gateway-request.js';
import { writeHead } from './write-head.js';
import { writeTogether } from './write-together.js';
import { type Flow } from '../kernel/flow.js';
import { toGatewayError } from '../kernel/gateway-error.js';
import { SilenceTimer } from '../streaming/silence-timer.js';
import { encodeComment } from '../wire/sse/comment.js';

/** Bytes that may wait for a slow client although its source was told to pause; beyond it the client is dropped. */
const MAX_WAITING_BYTES = 8 * 1024 ** 2;
/** A stream's headers are out after so long, and a silent one gets a comment. Milliseconds. */
export const HEARTBEAT_MS = 15_000;
export const HEARTBEAT = encodeComment('keep-alive');

export interface EventStream {
  /** SSE frames: text, or bytes that are passed on. */
  readonly frames: Observable<string | Buffer>;
  readonly flow: Flow;
  /** Aborted by the gateway with the error to end the stream with. */
  readonly signal: AbortSignal;
  /** A client that takes nothing for so long is dropped. Milliseconds. */
  readonly stallMs: number;
  /** Headers that go out with the first frame; asked for at that moment. */
  headers(): Readonly<Record<string, string>>;
  /** The frames that report a failure after the headers are out. */
  failure(error: unknown): string;
}

/**
 * Writes a stream of SSE frames to the client's socket. The headers go out with the first frame, at the latest after 15 s; until then a failure
 * rejects and can still become an HTTP status, afterwards it is a frame. A silent stream gets a comment every 15 s.
 * Back-pressure: a full socket pauses the flow until it has drained; a client that takes nothing for too long is dropped, as its turn would keep its slot. A client that leaves unsubscribes the source. Resolves when all is said.
 */
export function writeEventStream(reply: GatewayReply, stream: EventStream): Promise<void> {
  return new Promise((resolve, reject) => {
    const writer = new EventStreamWriter(reply, stream, resolve, reject);
    writer.start();
  });
}

class EventStreamWriter extends Subscriber<string | Buffer> {
  #done = false;
  readonly #silence = new SilenceTimer(HEARTBEAT_MS, () => {
    this.#write(HEARTBEAT);
  });

  constructor(
    private readonly reply: GatewayReply,
    private readonly stream: EventStream,
    private readonly resolve: () => void,
    private readonly reject: (error: unknown) => void,
  ) {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- a frame comes in one call, not in five
    super();
  }

  start(): void {
    const { raw } = this.reply;
    raw.once('close', () => {
      this.#finish();
    });
    this.stream.signal.addEventListener('abort', this.#aborted, { once: true });
    this.stream.frames.subscribe(this);
    if (raw.destroyed) this.#finish();
  }

  override next(frame: string | Buffer): void {
    this.#silence.heard();
    this.#write(frame);
  }

  protected override _error(error: unknown): void {
    this.#fail(error);
  }

  protected override _complete(): void {
    if (this.#done) return;
    const { raw } = this.reply;
    this.#open();
    raw.end();
    if (raw.writableLength > 0) raw.setTimeout(this.stream.stallMs);
    this.#finish();
  }

  readonly #aborted = (): void => {
    this.#fail(this.stream.signal.reason);
  };

  #write(frame: string | Buffer): void {
    if (this.#done) return;
    const { raw } = this.reply;
    this.#open();
    writeTogether(raw);
    if (raw.write(frame)) return;
    if (raw.writableLength > MAX_WAITING_BYTES) {
      raw.destroy();
      return;
    }
    if (this.stream.flow.paused) return;
    this.stream.flow.pause();
    raw.setTimeout(this.stream.stallMs);
    raw.once('drain', () => {
      raw.setTimeout(0);
      this.stream.flow.resume();
    });
  }

  #open(): void {
    const { raw } = this.reply;
    if (raw.headersSent) return;
    raw.once('timeout', () => {
      raw.destroy();
    });
    writeHead(this.reply, 200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no', ...this.stream.headers() });
  }

  #fail(error: unknown): void {
    if (this.#done) return;
    const { raw } = this.reply;
    if (raw.headersSent) {
      noteFailure(this.reply, error);
      raw.end(this.stream.failure(error));
      if (raw.writableLength > 0) raw.setTimeout(this.stream.stallMs);
      this.#finish();
    } else {
      this.#settle();
      this.reject(error);
    }
  }

  #finish(): void {
    if (this.#settle()) this.resolve();
  }

  #settle(): boolean {
    if (this.#done) return false;
    this.#done = true;
    this.#silence.stop();
    this.stream.signal.removeEventListener('abort', this.#aborted);
    this.unsubscribe();
    return true;
  }
}

/** The stream has left as a 200: only the request's context can tell. */
function noteFailure({ request }: GatewayReply, failure: unknown): void {
  const { code, cause } = toGatewayError(failure);
  (request as GatewayRequest).context.error ??= { code, cause };
}
