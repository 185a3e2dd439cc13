import { randomUUID } from 'node:crypto';
import { tap } from 'rxjs';
import { type ChatCompletionDto } from './chat-completion.dto.js';
import { type Served } from '../../completion/completion-call.js';
import { writeEventStream } from '../../http/event-stream.js';
import { type GatewayReply } from '../../http/gateway-request.js';
import { oneValue, writeBody } from '../../http/json-reply.js';
import { type EventsAnswer, type WireAnswer } from '../../kernel/answer.js';
import { type Flow } from '../../kernel/flow.js';
import { toGatewayError } from '../../kernel/gateway-error.js';
import { type Warning } from '../../kernel/stream-event.js';
import { collect } from '../../streaming/collect.js';
import { type ChatCompletionHead, encodeCompletion } from '../../wire/openai-chat/encode-completion.js';
import { encodeFailure } from '../../wire/openai-chat/encode-failure.js';
import { encodeStream } from '../../wire/openai-chat/encode-stream.js';

/** One answer on its way out as a chat completion: bytes or events, streamed or whole. */
export class ChatReply {
  readonly #head: ChatCompletionHead;

  constructor(
    private readonly reply: GatewayReply,
    private readonly served: Served,
    private readonly body: ChatCompletionDto,
    private readonly flow: Flow,
    private readonly signal: AbortSignal,
    private readonly stallMs: number,
  ) {
    this.#head = { id: `chatcmpl-${randomUUID()}`, created: Math.floor(Date.now() / 1000), model: body.model };
    void reply.headers({ 'x-shellm-provider': served.id.provider, 'x-shellm-model': headerText(served.id.model) });
  }

  send(): Promise<void> {
    const { answer } = this.served;
    if (answer.kind === 'events') return this.body.stream === true ? this.#streamEvents(answer) : this.#sendEvents(answer);
    return this.body.stream === true && answer.status < 400 ? this.#streamBytes(answer) : this.#sendBytes(answer);
  }

  #streamEvents({ events }: EventsAnswer): Promise<void> {
    let headers = {};
    const frames = events.pipe(
      tap((event) => {
        if (event.type === 'stream-start') headers = ignoredHeaders(this.served.id.provider, event.warnings);
      }),
      encodeStream({ ...this.#head, includeUsage: this.body.stream_options?.include_usage === true }),
    );
    return writeEventStream(this.reply, { frames, flow: this.flow, signal: this.signal, stallMs: this.stallMs, headers: () => headers, failure: this.#failure });
  }

  async #sendEvents({ events }: EventsAnswer): Promise<void> {
    const completion = await oneValue(events.pipe(collect()), this.signal);
    void this.reply.headers({
      ...ignoredHeaders(this.served.id.provider, completion.warnings),
      ...(completion.usage.estimated === true ? { 'x-shellm-usage': 'estimated' } : {}),
      'content-type': 'application/json; charset=utf-8',
    });
    writeBody(this.reply, { status: 200, headers: {} }, Buffer.from(JSON.stringify(encodeCompletion(completion, this.#head))), this.stallMs);
  }

  #streamBytes({ bytes, headers }: WireAnswer): Promise<void> {
    return writeEventStream(this.reply, { frames: bytes, flow: this.flow, signal: this.signal, stallMs: this.stallMs, headers: () => headers, failure: this.#failure });
  }

  async #sendBytes({ bytes, status, headers }: WireAnswer): Promise<void> {
    writeBody(this.reply, { status, headers }, await oneValue(bytes, this.signal), this.stallMs);
  }

  readonly #failure = (error: unknown): string => encodeFailure(this.#head, toGatewayError(error));
}

/** The parameters that the provider could not set, by their names. */
function ignoredHeaders(provider: string, warnings: readonly Warning[]): Record<string, string> {
  if (warnings.length === 0) return {};
  const names = headerText(warnings.map(({ parameter }) => parameter).join(', '));
  return { 'x-shellm-ignored-params': names, ...(provider === 'claude' ? { 'x-claude-ignored-params': names } : {}) };
}

/** A header holds visible ASCII; a model's name may be anything the client wrote. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 256);
}
