import { answerRequest, type ServerAnswer } from './function-server.js';
import { type CliMessage, decodeLine, type RateLimitInfo } from './decode-line.js';
import { MessageDecoder, STRUCTURED_OUTPUT } from './decode-message.js';
import { type CliFailure, mapError, noStructuredOutput } from './map-error.js';
import { type FunctionTool } from '../../kernel/completion-request.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { isTime, textOf } from '../../kernel/read-value.js';
import { type StreamEvent, type Warning } from '../../kernel/stream-event.js';
import { type Usage } from '../../kernel/usage.js';

/** What a line of the CLI means: an event for the client, or a word to who drives the process. */
export type Decoded =
  | StreamEvent
  /** The CLI took a line of history in; it is ready for the next. */
  | { readonly type: 'history-taken' }
  /** The turn is over for the CLI too: the process waits for the next one. */
  | { readonly type: 'idle' }
  | ServerAnswer
  | { readonly type: 'rate-limit'; readonly info: RateLimitInfo }
  /** A line that is not of the protocol. */
  | { readonly type: 'noise' };

export interface ExpectedTurn {
  /** The model that was asked for. */
  readonly model: string;
  readonly warnings: readonly Warning[];
  /** The functions that are offered. */
  readonly tools: readonly FunctionTool[];
  /** Whether the answer is to keep to a schema. */
  readonly structured: boolean;
  /** How many lines of history the CLI will acknowledge before it answers. */
  readonly historyLines: number;
}

/**
 * Decodes the CLI's output of one turn, line by line. The answer is the first message with a stop reason; what the CLI does after it on its own
 * (going on at the token limit, asking again after a refusal) is cut. A text that broke off is an error, never an end and never a repetition.
 */
export class TurnDecoder {
  readonly #message: MessageDecoder;
  readonly #model: string;
  readonly #tools: readonly FunctionTool[];
  readonly #structured: boolean;
  #historyLines: number;
  #runningModel: string;
  #failure: CliFailure | undefined;
  #resetsAt: number | undefined;

  constructor({ model, warnings, tools, structured, historyLines }: ExpectedTurn) {
    this.#message = new MessageDecoder({ model, warnings, tools: new Set(tools.map(({ name }) => name)), structured });
    this.#model = model;
    this.#runningModel = model;
    this.#tools = tools;
    this.#structured = structured;
    this.#historyLines = historyLines;
  }

  /** What the CLI says that it runs, by its full name; until it has said so, what was asked for. */
  get runningModel(): string {
    return this.#runningModel;
  }

  /** What the vendor has counted so far; a guess while it is at work. */
  get spent(): Usage | undefined {
    return this.#message.spent;
  }

  /** Whether the CLI's own memory of the conversation is what the client saw. */
  get resumable(): boolean {
    return this.#message.resumable;
  }

  /** The ids of the calls whose results the CLI waits for, where it waits for nothing else. */
  get calls(): readonly string[] {
    return this.#message.calls;
  }

  /** @throws GatewayError the failure of the turn */
  decode(line: string): readonly Decoded[] {
    const message = decodeLine(line);
    return message ? this.#read(message) : [{ type: 'noise' }];
  }

  #read(message: CliMessage): readonly Decoded[] {
    switch (message.type) {
      case 'stream_event':
        return this.#streamEvent(message);
      case 'assistant':
        return this.#assistant(message);
      case 'result':
        return this.#result(message);
      case 'system':
        return this.#system(message);
      case 'rate_limit_event':
        return this.#rateLimit(message.rate_limit_info ?? {});
      case 'control_request':
        return [answerRequest(message, this.#tools)];
      case 'control_response':
        return this.#controlResponse(message);
      default:
        return [];
    }
  }

  #streamEvent({ event, parent_tool_use_id: parent }: CliMessage): StreamEvent[] {
    if (!event || (parent !== null && parent !== undefined)) return [];
    if (event.type === 'message_stop' || event.type === 'message_start') this.#refuseBrokenText();
    return this.#message.accept(event);
  }

  /** After a lost connection the CLI closes the message, without a stop reason, and begins the answer anew. */
  #refuseBrokenText(): void {
    if (this.#message.broken) throw this.#broken();
  }

  #broken(): GatewayError {
    if (this.#failure) return mapError(this.#failure, this.#model, Date.now());
    return new GatewayError('upstream_error', 'The answer of the Claude API broke off.');
  }

  /** Each turn and each line of history begins with what the CLI runs and offers. A schema that it does not take it leaves out in silence. */
  #system({ subtype, model, tools }: CliMessage): [] {
    if (subtype !== 'init') return [];
    this.#runningModel = textOf(model) ?? this.#runningModel;
    if (!this.#structured || !Array.isArray(tools) || tools.includes(STRUCTURED_OUTPUT)) return [];
    throw new GatewayError('invalid_parameter', 'Claude Code does not take the schema of "response_format".', { param: 'response_format' });
  }

  /** Whole messages repeat what was streamed; only those that the CLI writes itself to report an error are news. */
  #assistant({ error, api_error: apiError, api_error_status: status, message }: CliMessage): [] {
    if (error !== undefined && !this.#message.ended) {
      this.#failure = { error: textOf(error), apiError: textOf(apiError), status: statusOf(status), resetsAt: this.#resetsAt, text: textsOf(message?.content) };
    }
    return [];
  }

  #result(result: CliMessage): Decoded[] {
    if (this.#message.ended) return [{ type: 'idle' }];
    if (result.stop_reason === 'refusal') return [...this.#message.whole('', 'refusal', result.usage), { type: 'idle' }];
    if (result.is_error !== false) throw mapError(this.#failureOf(result), this.#model, Date.now());
    if (result.num_turns === 0) return this.#historyTaken();
    this.#refuseBrokenText();
    if (this.#structured) throw noStructuredOutput();
    if (typeof result.result !== 'string') throw new GatewayError('cli_failed', 'Claude Code ended the turn without an answer.');
    return [...this.#message.whole(result.result, textOf(result.stop_reason) ?? 'end_turn', result.usage), { type: 'idle' }];
  }

  #failureOf(result: CliMessage): CliFailure {
    return {
      error: this.#failure?.error,
      apiError: textOf(result.api_error) ?? this.#failure?.apiError,
      status: statusOf(result.api_error_status) ?? this.#failure?.status,
      subtype: textOf(result.subtype),
      terminalReason: textOf(result.terminal_reason),
      resetsAt: this.#resetsAt,
      text: textOf(result.result) ?? this.#failure?.text ?? '',
    };
  }

  #historyTaken(): Decoded[] {
    if (this.#historyLines === 0) throw new GatewayError('cli_failed', 'Claude Code did not take the message as one for the model.');
    this.#historyLines--;
    return [{ type: 'history-taken' }];
  }

  #rateLimit(info: RateLimitInfo): Decoded[] {
    if (info.status === 'rejected') this.#resetsAt = isTime(info.resetsAt) ? info.resetsAt : undefined;
    return [{ type: 'rate-limit', info }];
  }

  #controlResponse({ response }: CliMessage): [] {
    if (response?.subtype !== 'error' || this.#message.ended) return [];
    throw new GatewayError('cli_failed', 'Claude Code refused the settings of the turn.', { cause: response.error });
  }
}

function statusOf(status: unknown): number | undefined {
  return typeof status === 'number' ? status : undefined;
}

function textsOf(content: unknown): string {
  if (!Array.isArray(content)) return '';
  return content
    .map((block: unknown) => (block as { text?: unknown } | null)?.text)
    .filter((text) => typeof text === 'string')
    .join('\n');
}
