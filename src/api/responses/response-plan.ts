import { randomUUID } from 'node:crypto';
import { catchError, concat, defer, from, map, type Observable } from 'rxjs';
import { type ResponseDto } from './response.dto.js';
import { beforeLast } from '../../completion/at-end.js';
import { type AnswerFormat } from '../../completion/operation.js';
import { type CompletionRequest } from '../../kernel/completion-request.js';
import { GatewayError, toGatewayError } from '../../kernel/gateway-error.js';
import { type Conversation } from '../../kernel/message.js';
import { type StreamEvent } from '../../kernel/stream-event.js';
import { type RunPlan } from '../../runs/background-run.js';
import { isOver, nothingSaid, type StoredResponse } from '../../runs/stored-response.js';
import { decodeInput } from '../../wire/openai-responses/decode-input.js';
import { decodeRequest } from '../../wire/openai-responses/decode-request.js';
import { encodeEvents } from '../../wire/openai-responses/encode-stream.js';
import { inputItems } from '../../wire/openai-responses/input-items.js';
import { responseBody, type ResponseHead } from '../../wire/openai-responses/response-body.js';
import { ResponseWriter } from '../../wire/openai-responses/response-writer.js';
import { type ToolTable } from '../../wire/openai-responses/tool-table.js';
import { withHistory } from '../../wire/openai-responses/with-history.js';
import { typedFrame } from '../../wire/sse/typed-frame.js';

/** One response to be made: what is asked of the provider, and how it is written and kept. */
export class ResponsePlan {
  readonly request: CompletionRequest;
  readonly writer: ResponseWriter;
  /** The input with ids, as it can be asked for. */
  readonly input: readonly unknown[];
  readonly #head: ResponseHead;
  readonly #tools: ToolTable;
  readonly #instructions: number;

  /**
   * @param input with the items in the place of what refers to them
   * @param before the conversation that it goes on from
   * @throws GatewayError 400
   */
  constructor(dto: ResponseDto, input: unknown, before: Conversation) {
    const body = dto as unknown as Record<string, unknown>;
    const { request, tools, instructions } = decodeRequest({ ...body, input });
    this.request = withHistory(request, instructions, before);
    this.#tools = tools;
    this.#instructions = instructions;
    const digits = randomUUID().replaceAll('-', '');
    this.#head = { id: `resp_${digits}`, created: Math.floor(Date.now() / 1000), body };
    this.input = inputItems(input, digits);
    this.writer = new ResponseWriter(this.#head, tools);
  }

  stored(): StoredResponse {
    return { body: this.writer.body, input: this.input, conversation: this.#conversation() };
  }

  /** The run of it with nobody waiting. */
  run(answer: Observable<StreamEvent>): RunPlan {
    const { writer } = this;
    return {
      body: responseBody(this.#head, { status: 'queued', output: [] }),
      input: this.input,
      events: concat(
        defer(() => from(writer.queue())),
        answer.pipe(
          encodeEvents(writer),
          catchError((error: unknown) => from(writer.fail(toGatewayError(error)))),
        ),
      ),
      conversation: () => this.#conversation(),
      ended: (status, message) => {
        if (status === 'cancelled') return { body: writer.cancel(), events: [] };
        const events = writer.fail(new GatewayError('internal_error', message));
        return { body: writer.body, events };
      },
    };
  }

  /** @param keep called with the response whole, before the client is told of its end */
  format(stream: boolean, keep: () => Promise<void>): AnswerFormat {
    return {
      stream,
      frames: (events: Observable<StreamEvent>) =>
        events.pipe(
          encodeEvents(this.writer),
          beforeLast(({ response }) => response !== undefined && isOver(response.status), keep),
          map(typedFrame),
        ),
      body: () => this.writer.body,
      failure: (error) => {
        const events = this.writer.fail(error);
        void keep().catch(() => undefined); // it failed: whether that is kept changes nothing for its client
        return events.map(typedFrame).join('');
      },
    };
  }

  /** With the answer: what a request that follows goes on from. */
  #conversation(): Conversation {
    const { status, output } = this.writer.body;
    if (status === 'failed' || status === 'cancelled') return nothingSaid;
    return { system: this.request.system.slice(this.#instructions), messages: [...this.request.messages, ...decodeInput(output, this.#tools).messages] };
  }
}
