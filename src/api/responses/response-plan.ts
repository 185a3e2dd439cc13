import { randomUUID } from 'node:crypto';
import { concatMap, from, map, type Observable, of } from 'rxjs';
import { type ResponseDto } from './response.dto.js';
import { type AnswerFormat } from '../../http/completion-reply.js';
import { type CompletionRequest } from '../../kernel/completion-request.js';
import { type Message } from '../../kernel/message.js';
import { type StreamEvent } from '../../kernel/stream-event.js';
import { isOver, type StoredResponse } from '../../runs/stored-response.js';
import { decodeInput } from '../../wire/openai-responses/decode-input.js';
import { decodeRequest } from '../../wire/openai-responses/decode-request.js';
import { encodeEvents, encodeFrame } from '../../wire/openai-responses/encode-stream.js';
import { responseBody, type ResponseHead, type ResponseObject } from '../../wire/openai-responses/response-body.js';
import { ResponseWriter } from '../../wire/openai-responses/response-writer.js';
import { type ToolTable } from '../../wire/openai-responses/tool-table.js';
import { withHistory } from '../../wire/openai-responses/with-history.js';

/** One response to be made: what is asked of the provider, and how it is written and kept. */
export class ResponsePlan {
  readonly request: CompletionRequest;
  readonly writer: ResponseWriter;
  readonly #head: ResponseHead;
  readonly #tools: ToolTable;
  readonly #input: readonly unknown[];

  /**
   * @param before the conversation that it goes on from
   * @throws GatewayError 400
   */
  constructor(dto: ResponseDto, before: readonly Message[]) {
    const body = dto as unknown as Record<string, unknown>;
    const { request, tools } = decodeRequest(body);
    this.request = withHistory(request, before);
    this.#tools = tools;
    this.#head = { id: `resp_${randomUUID().replaceAll('-', '')}`, created: Math.floor(Date.now() / 1000), body };
    this.#input = Array.isArray(dto.input) ? dto.input : [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: dto.input }] }];
    this.writer = new ResponseWriter(this.#head, tools);
  }

  /** Before anything was said. */
  get queued(): ResponseObject {
    return responseBody(this.#head, { status: 'queued', output: [] });
  }

  /** The input with ids, as it can be asked for. */
  get input(): readonly unknown[] {
    return this.#input.map((item, index) => (typeof item === 'object' ? { id: `item_${index}`, type: 'message', ...item } : item));
  }

  /** The conversation with the answer: what a request that follows goes on from. */
  messages(): readonly Message[] {
    const { status, output } = this.writer.body;
    return status === 'failed' || status === 'cancelled' ? [] : [...this.request.messages, ...decodeInput(output, this.#tools).messages];
  }

  stored(): StoredResponse {
    return { body: this.writer.body, input: this.input, messages: this.messages() };
  }

  /** @param keep called with the response whole, before the client is told of its end */
  format(stream: boolean, keep: () => Promise<void>): AnswerFormat {
    return {
      stream,
      frames: (events: Observable<StreamEvent>) =>
        events.pipe(
          encodeEvents(this.writer),
          concatMap((event) => (event.response && isOver(event.response.status) ? from(keep()).pipe(map(() => event)) : of(event))),
          map(encodeFrame),
        ),
      body: () => this.writer.body,
      failure: (error) => this.writer.fail(error).map(encodeFrame).join(''),
    };
  }
}
