import { type OperatorFunction } from 'rxjs';
import { type ChatCompletionHead } from './encode-completion.js';
import { encodeError } from './encode-error.js';
import { encodeFinishReason } from './finish-reason.js';
import { encodeUsage } from './encode-usage.js';
import { CustomInput } from '../custom-tools/custom-input.js';
import { type FrameWriter, writeFrames } from '../write-frames.js';
import { type GatewayError } from '../../kernel/gateway-error.js';
import { type StreamEnd, type StreamEvent } from '../../kernel/stream-event.js';

export interface ChatStreamOptions extends ChatCompletionHead {
  /** `stream_options.include_usage`. */
  readonly includeUsage: boolean;
}

/** Writes an answer as OpenAI's event stream. Every value is the text of one or more whole SSE frames. */
export function encodeStream(options: ChatStreamOptions): OperatorFunction<StreamEvent, string> {
  return writeFrames(() => new ChatFrames(options));
}

/** The end of a stream that failed: a chunk that says so, the error, and no `[DONE]`. */
export function encodeFailure(options: ChatStreamOptions, error: GatewayError): string {
  return new ChatFrames(options).failure(error);
}

/** A function call under way. `input`: the client knows the function as a tool that takes free text. */
interface OpenCall {
  readonly index: number;
  readonly input: CustomInput | undefined;
}

/** The frames of one stream. All but the changing text is joined once: this runs for every token. */
class ChatFrames implements FrameWriter {
  readonly #includeUsage: boolean;
  readonly #prefix: string;
  readonly #open: string;
  readonly #close: string;
  readonly #end: string;
  #calls = 0;
  /** By block, whose number may be used again. */
  readonly #openCalls = new Map<number, OpenCall>();
  readonly #customTools: ReadonlySet<string> | undefined;

  constructor({ id, created, model, includeUsage, customTools }: ChatStreamOptions) {
    this.#customTools = customTools;
    this.#includeUsage = includeUsage;
    this.#prefix = `data: {"id":${JSON.stringify(id)},"object":"chat.completion.chunk","created":${created},"model":${JSON.stringify(model)},"choices":[`;
    this.#open = `${this.#prefix}{"index":0,"delta":{`;
    this.#end = `]${includeUsage ? ',"usage":null' : ''}}\n\n`;
    this.#close = `},"logprobs":null,"finish_reason":null}${this.#end}`;
  }

  /** The text of an event; '' where Chat Completions has no word for it. */
  of(event: StreamEvent): string {
    switch (event.type) {
      case 'text-delta':
        return event.text === '' ? '' : `${this.#open}"content":${JSON.stringify(event.text)}${this.#close}`;
      case 'reasoning-delta':
        return event.text === '' ? '' : `${this.#open}"reasoning_content":${JSON.stringify(event.text)}${this.#close}`;
      case 'tool-call-delta':
        return this.#callDelta(event.block, event.json);
      case 'tool-call-start':
        return this.#callStart(event.block, event.callId, event.name);
      case 'tool-call-end':
        return this.#callEnd(event.block);
      case 'stream-start':
        return `${this.#open}"role":"assistant","content":"","refusal":null${this.#close}`;
      case 'stream-end':
        return this.#ending(event);
      default:
        return '';
    }
  }

  failure(error: GatewayError): string {
    return `${this.#finish('error')}data: ${JSON.stringify(encodeError(error))}\n\n`;
  }

  #callStart(block: number, callId: string, name: string): string {
    const custom = this.#customTools?.has(name) === true;
    const index = this.#calls++;
    this.#openCalls.set(block, { index, input: custom ? new CustomInput() : undefined });
    const told = custom ? `"custom","custom":{"name":${JSON.stringify(name)},"input":""}` : `"function","function":{"name":${JSON.stringify(name)},"arguments":""}`;
    return `${this.#open}"tool_calls":[{"index":${index},"id":${JSON.stringify(callId)},"type":${told}}]${this.#close}`;
  }

  #callDelta(block: number, json: string): string {
    const call = this.#openCalls.get(block);
    return call ? this.#addTo(call, call.input ? call.input.push(json) : json) : '';
  }

  #callEnd(block: number): string {
    const call = this.#openCalls.get(block);
    this.#openCalls.delete(block);
    return call?.input ? this.#addTo(call, call.input.end()) : '';
  }

  #addTo({ index, input }: OpenCall, piece: string): string {
    if (piece === '') return '';
    const told = input ? '"custom":{"input":' : '"function":{"arguments":';
    return `${this.#open}"tool_calls":[{"index":${index},${told}${JSON.stringify(piece)}}}]${this.#close}`;
  }

  #ending({ reason, usage }: StreamEnd): string {
    const figures = this.#includeUsage ? `${this.#prefix}],"usage":${JSON.stringify(encodeUsage(usage))}}\n\n` : '';
    return `${this.#finish(encodeFinishReason(reason))}${figures}data: [DONE]\n\n`;
  }

  #finish(reason: string): string {
    return `${this.#open}},"logprobs":null,"finish_reason":"${reason}"}${this.#end}`;
  }
}
