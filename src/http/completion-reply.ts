import { concat, defer, type Observable, of, switchMap, tap } from 'rxjs';
import { HEARTBEAT, HEARTBEAT_MS, writeEventStream } from './event-stream.js';
import { type GatewayReply } from './gateway-request.js';
import { writeBody } from './json-reply.js';
import { ignoredHeaders, outcomeHeaders } from './outcome-headers.js';
import { within } from './within.js';
import { type Served } from '../completion/completion-call.js';
import { type AnswerFormat } from '../completion/operation.js';
import { type Answer, type BodyAnswer, type EventsAnswer } from '../kernel/answer.js';
import { type Flow } from '../kernel/flow.js';
import { GatewayError, toGatewayError } from '../kernel/gateway-error.js';
import { type StreamEvent } from '../kernel/stream-event.js';
import { collect } from '../streaming/collect.js';
import { oneValue } from '../streaming/one-value.js';
import { decodeError } from '../wire/openai-chat/decode-error.js';

export interface ReplyOptions {
  readonly flow: Flow;
  readonly signal: AbortSignal;
  /** A client that takes nothing for so long is dropped. Milliseconds. */
  readonly stallMs: number;
}

/** One answer on its way out: bytes or events, streamed or whole. */
export class CompletionReply {
  /** What goes out with the first frame. */
  #headers: Readonly<Record<string, string>> = {};

  constructor(
    private readonly reply: GatewayReply,
    private readonly served: Served,
    private readonly format: AnswerFormat,
    private readonly options: ReplyOptions,
  ) {}

  /** An error that becomes an HTTP status has the headers of the outcome too. */
  async send(): Promise<void> {
    try {
      await this.#send();
    } catch (error) {
      if (!this.reply.raw.headersSent) void this.reply.headers(outcomeHeaders(this.served.outcome));
      throw error;
    }
  }

  async #send(): Promise<void> {
    const { answer } = this.served;
    if (!this.format.stream) {
      const whole = await answer;
      if (whole.kind === 'events') await this.#sendEvents(whole);
      else if (whole.kind === 'body') this.#sendBody(whole);
      else throw new Error('a stream came for a request that did not ask for one');
      return;
    }
    const early = await within(answer, HEARTBEAT_MS);
    // The vendor is silent still: the client gets its headers now, and whatever comes later inside the stream.
    if (!early) await this.#write(concat(of(HEARTBEAT), defer(() => answer).pipe(switchMap((late) => this.#frames(late)))));
    else if (early.kind === 'body') this.#sendBody(early);
    else await this.#write(this.#frames(early));
  }

  #write(frames: Observable<string | Buffer>): Promise<void> {
    return writeEventStream(this.reply, { frames, ...this.options, headers: this.#seal, failure: this.#failure });
  }

  /** The headers go out: whoever answers now does so to the end. */
  readonly #seal = (): Record<string, string> => {
    const { outcome } = this.served;
    outcome.seal();
    return { ...outcomeHeaders(outcome), ...this.#headers };
  };

  #frames(answer: Answer): Observable<string | Buffer> {
    if (answer.kind === 'events') return this.#eventFrames(answer);
    if (answer.kind === 'body') throw lateRefusal(answer);
    this.#headers = answer.headers;
    return answer.bytes;
  }

  #eventFrames({ events }: EventsAnswer): Observable<string> {
    return this.format.frames(events.pipe(tap(this.#noteStart)));
  }

  readonly #noteStart = (event: StreamEvent): void => {
    if (event.type === 'stream-start') this.#headers = { ...event.headers, ...ignoredHeaders(this.served.outcome, event.warnings) };
  };

  async #sendEvents({ events }: EventsAnswer): Promise<void> {
    const completion = await oneValue(events.pipe(tap(this.#noteStart), collect()), this.options.signal);
    void this.reply.headers({
      ...outcomeHeaders(this.served.outcome),
      ...this.#headers,
      ...(completion.usage.estimated === true ? { 'x-shellm-usage': 'estimated' } : {}),
      'content-type': 'application/json; charset=utf-8',
    });
    writeBody(this.reply, { status: 200, headers: {} }, Buffer.from(JSON.stringify(this.format.body(completion))), this.options.stallMs);
  }

  #sendBody({ body, status, headers }: BodyAnswer): void {
    writeBody(this.reply, { status, headers: { ...outcomeHeaders(this.served.outcome), ...headers } }, body, this.options.stallMs);
  }

  readonly #failure = (error: unknown): string => this.format.failure(toGatewayError(error));
}

/** A vendor that took its time to refuse: the headers are out, its words go into the stream. */
function lateRefusal({ body, status }: BodyAnswer): GatewayError {
  const { message = `The provider refused the request with status ${status}.`, type = 'api_error', code = null, param } = decodeError(body.toString());
  return new GatewayError('upstream_error', message, { shouldRetry: false, vendor: { status, type, code }, ...(param === undefined ? {} : { param }) });
}
