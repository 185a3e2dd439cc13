import { randomUUID } from 'node:crypto';
import { concat, defer, type Observable, of, switchMap, tap, throwError } from 'rxjs';
import { type ChatCompletionDto } from './chat-completion.dto.js';
import { type Served } from '../../completion/completion-call.js';
import { HEARTBEAT, HEARTBEAT_MS, writeEventStream } from '../../http/event-stream.js';
import { type GatewayReply } from '../../http/gateway-request.js';
import { oneValue, writeBody } from '../../http/json-reply.js';
import { ignoredHeaders, outcomeHeaders } from '../../http/outcome-headers.js';
import { within } from '../../http/within.js';
import { type Answer, type EventsAnswer, type WireAnswer } from '../../kernel/answer.js';
import { type Flow } from '../../kernel/flow.js';
import { GatewayError, toGatewayError } from '../../kernel/gateway-error.js';
import { collect } from '../../streaming/collect.js';
import { type ChatCompletionHead, encodeCompletion } from '../../wire/openai-chat/encode-completion.js';
import { encodeFailure } from '../../wire/openai-chat/encode-failure.js';
import { encodeStream } from '../../wire/openai-chat/encode-stream.js';

/** One answer on its way out as a chat completion: bytes or events, streamed or whole. */
export class ChatReply {
  readonly #head: ChatCompletionHead;
  /** What goes out with the first frame. */
  #headers: Readonly<Record<string, string>> = {};

  constructor(
    private readonly reply: GatewayReply,
    private readonly served: Served,
    private readonly body: ChatCompletionDto,
    private readonly flow: Flow,
    private readonly signal: AbortSignal,
    private readonly stallMs: number,
  ) {
    this.#head = { id: `chatcmpl-${randomUUID()}`, created: Math.floor(Date.now() / 1000), model: body.model };
  }

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
    if (this.body.stream !== true) {
      const whole = await answer;
      await (whole.kind === 'events' ? this.#sendEvents(whole) : this.#sendBytes(whole));
      return;
    }
    const early = await within(answer, HEARTBEAT_MS);
    // The vendor is silent still: the client gets its headers now, and whatever comes later inside the stream.
    if (!early) await this.#write(concat(of(HEARTBEAT), defer(() => answer).pipe(switchMap((late) => this.#frames(late)))));
    else if (early.kind === 'wire' && early.status >= 400) await this.#sendBytes(early);
    else await this.#write(this.#frames(early));
  }

  #write(frames: Observable<string | Buffer>): Promise<void> {
    return writeEventStream(this.reply, { frames, flow: this.flow, signal: this.signal, stallMs: this.stallMs, headers: this.#seal, failure: this.#failure });
  }

  /** The headers go out: whoever answers now does so to the end. */
  readonly #seal = (): Record<string, string> => {
    const { outcome } = this.served;
    outcome.seal();
    return { ...outcomeHeaders(outcome), ...this.#headers };
  };

  #frames(answer: Answer): Observable<string | Buffer> {
    if (answer.kind === 'events') return this.#eventFrames(answer);
    if (answer.status >= 400) return throwError(() => new GatewayError('upstream_error', `The provider refused the request with status ${answer.status}.`, { shouldRetry: false }));
    this.#headers = answer.headers;
    return answer.bytes;
  }

  #eventFrames({ events }: EventsAnswer): Observable<string> {
    return events.pipe(
      tap((event) => {
        if (event.type === 'stream-start') this.#headers = ignoredHeaders(this.served.outcome, event.warnings);
      }),
      encodeStream({ ...this.#head, includeUsage: this.body.stream_options?.include_usage === true }),
    );
  }

  async #sendEvents({ events }: EventsAnswer): Promise<void> {
    const completion = await oneValue(events.pipe(collect()), this.signal);
    void this.reply.headers({
      ...outcomeHeaders(this.served.outcome),
      ...ignoredHeaders(this.served.outcome, completion.warnings),
      ...(completion.usage.estimated === true ? { 'x-shellm-usage': 'estimated' } : {}),
      'content-type': 'application/json; charset=utf-8',
    });
    writeBody(this.reply, { status: 200, headers: {} }, Buffer.from(JSON.stringify(encodeCompletion(completion, this.#head))), this.stallMs);
  }

  async #sendBytes({ bytes, status, headers }: WireAnswer): Promise<void> {
    writeBody(this.reply, { status, headers: { ...outcomeHeaders(this.served.outcome), ...headers } }, await oneValue(bytes, this.signal), this.stallMs);
  }

  readonly #failure = (error: unknown): string => encodeFailure(this.#head, toGatewayError(error));
}
