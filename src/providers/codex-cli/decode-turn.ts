import { mapError, statusOf } from './map-error.js';
import { usageOf } from './map-usage.js';
import { type TokenCounts, type ToolCallParams, type TurnError, type TurnParams } from './protocol.js';
import { type ToolNames } from './tool-names.js';
import { GatewayError, unofferedFunction } from '../../kernel/gateway-error.js';
import { type ToolCall } from '../../kernel/message.js';
import { countOf, textOf } from '../../kernel/read-value.js';
import { type FinishReason, type StreamEvent, type Warning } from '../../kernel/stream-event.js';
import { estimateTokens, type Usage } from '../../kernel/usage.js';
import { AnswerBlocks } from '../../streaming/answer-blocks.js';

export interface ExpectedTurn {
  /** The CLI's id of the turn's thread. */
  readonly id: string;
  /** The model that was asked for. */
  readonly model: string;
  readonly warnings: readonly Warning[];
  /** What the thread had cost before the turn. */
  readonly before: TokenCounts;
  /** Ids of the calls before the turn: what is put into a thread is told of as if the vendor had said it. */
  readonly told: ReadonlySet<string>;
  /** The functions that are offered; where there are any, the CLI tells of the vendor's raw answers too. */
  readonly names: ToolNames;
  /** The turn goes on with results: the figures of the answer with their calls come only now. */
  readonly resumed: boolean;
  /** A guess at the prompt's tokens, where nobody tells them. */
  inputTokens(): number;
  /** Whole seconds until the account's limit is lifted, where that is known. */
  retryAfter(): number | undefined;
}

/** How the CLI begins to tell of an answer that its vendor cut. */
const INCOMPLETE = 'Incomplete response returned';

/**
 * Decodes the notifications of one turn. The CLI tries again by itself, for half a minute and more, and then says again what it has said: a text that broke off is an
 * error here, never a repetition; and the client's time is not the CLI's to spend.
 */
export class TurnDecoder {
  readonly #blocks: AnswerBlocks;
  /** Messages of which a piece was heard. */
  readonly #heard = new Set<string>();
  #counts: TokenCounts;
  #before: TokenCounts;
  #late: boolean;
  /** The CLI takes the vendor's answer, which is told, for a failure and asks again. */
  #triesAgain = false;
  /** The vendor has answered: its figures are there. */
  #answered = false;
  /** Of the vendor's last answer, where the CLI tells of it. */
  #figures: TokenCounts | null | undefined;
  readonly #calls: string[] = [];
  /** The CLI tells of the vendor's raw answers. It is not bound to: what it asks for has to do then. */
  #raw = false;
  readonly #asked: ToolCall[] = [];

  constructor(private readonly expected: ExpectedTurn) {
    this.#blocks = new AnswerBlocks({ id: expected.id, model: expected.model, warnings: expected.warnings });
    this.#counts = this.#before = expected.before;
    this.#late = expected.resumed;
  }

  /** What the vendor has counted of the turn so far: with each of its answers. */
  get spent(): Usage | undefined {
    return this.#figures || this.#counts !== this.#before ? this.#usage() : undefined;
  }

  /** What the thread has cost so far. */
  get counts(): TokenCounts {
    return this.#counts;
  }

  /** The ids of the calls that the answer ends with. */
  get calls(): readonly string[] {
    return this.#calls;
  }

  /** Whether the CLI goes on after the answer's end, asking its vendor once more. */
  get triesAgain(): boolean {
    return this.#triesAgain;
  }

  /** Whether the answer is over as soon as the CLI is quiet: it waits for results, and does not tell of its vendor's answers. */
  get endsWithQuiet(): boolean {
    return !this.#raw && this.#asked.length > 0;
  }

  /** The CLI waits for the result of a function: nothing new where it has told of the vendor's own words before. */
  called({ callId, tool, arguments: input = {} }: ToolCallParams): void {
    if (!this.#raw) this.#asked.push({ callId: textOf(callId) ?? '', name: textOf(tool) ?? '', json: JSON.stringify(input) });
  }

  /** The CLI was quiet for a while. @throws GatewayError the failure of the turn */
  quiet(): readonly StreamEvent[] {
    const calls = this.#asked.flatMap((call) => this.#call(call));
    return [...calls, ...this.#end('tool-calls', this.#estimate())];
  }

  /** @throws GatewayError the failure of the turn */
  decode(method: string, params: TurnParams): readonly StreamEvent[] {
    switch (method) {
      case 'item/agentMessage/delta':
        this.#refuseSecondAnswer();
        return this.#text(params);
      case 'item/reasoning/summaryTextDelta':
      case 'item/reasoning/textDelta':
        this.#refuseSecondAnswer();
        return this.#reasoning(params);
      case 'item/completed':
        return this.#completed(params);
      case 'rawResponseItem/completed':
        return this.#rawItem(params);
      case 'rawResponse/completed':
        return this.#rawAnswer(params);
      case 'thread/tokenUsage/updated':
        return this.#count(params);
      case 'error':
        return this.#failed(params);
      case 'turn/completed':
        return this.#over(params);
      default:
        return [];
    }
  }

  #text({ itemId, delta }: TurnParams): StreamEvent[] {
    const item = textOf(itemId) ?? '';
    this.#heard.add(item);
    return this.#blocks.say('text', textOf(delta) ?? '', item);
  }

  #reasoning({ itemId, summaryIndex, delta }: TurnParams): StreamEvent[] {
    return this.#blocks.say('reasoning', textOf(delta) ?? '', `${textOf(itemId) ?? ''}/${countOf(summaryIndex) ?? 0}`);
  }

  /** The figures come with each answer of the vendor, and again, the same, whenever the account's limits are told. */
  #count({ tokenUsage }: TurnParams): [] {
    const { total } = tokenUsage ?? {};
    if (!total || (total.inputTokens === this.#counts.inputTokens && total.outputTokens === this.#counts.outputTokens)) return [];
    this.#counts = total;
    if (this.#late) {
      this.#late = false;
      this.#before = total;
      return [];
    }
    // It says again what the raw answer said.
    if (this.#raw) return [];
    this.#refuseSecondAnswer();
    this.#answered = true;
    return [];
  }

  #rawItem({ item }: TurnParams): StreamEvent[] {
    this.#raw = true;
    if (item?.type !== 'function_call' && item?.type !== 'custom_tool_call') return [];
    const callId = textOf(item.call_id) ?? '';
    return this.expected.told.has(callId) ? [] : this.#call({ callId, name: textOf(item.name) ?? '', json: textOf(item.arguments) ?? '' });
  }

  #call({ callId, name, json }: ToolCall): StreamEvent[] {
    const given = this.expected.names.given(name);
    if (given === undefined) throw unofferedFunction(name);
    this.#calls.push(callId);
    return this.#blocks.call({ callId, name: given, json });
  }

  /** The vendor's answer is whole, while the CLI waits for the results of its calls. */
  #rawAnswer({ usage }: TurnParams): StreamEvent[] {
    this.#raw = true;
    this.#refuseSecondAnswer();
    this.#answered = true;
    this.#figures = usage;
    return this.#calls.length === 0 ? [] : this.#end('tool-calls', usage ? this.#usage() : this.#estimate());
  }

  /** The CLI asks its vendor again, of its own accord and without end, where the model calls a function that nobody offered. */
  #refuseSecondAnswer(): void {
    if (this.#answered) throw new GatewayError('upstream_error', 'The model called a function that nobody offered.', { shouldRetry: false, ofModel: true });
  }

  /** A whole message that was not streamed. */
  #completed({ item }: TurnParams): StreamEvent[] {
    if (item?.type !== 'agentMessage') return [];
    const id = textOf(item.id);
    return this.#heard.has(id ?? '') ? [] : this.#blocks.say('text', textOf(item.text) ?? '', id);
  }

  /** The CLI tells of each of its tries; of the last one it tells again at the turn's end. */
  #failed({ error, willRetry }: TurnParams): StreamEvent[] {
    if (willRetry !== true || !error) return [];
    const cut = cutOf(error);
    if (cut !== undefined) {
      this.#triesAgain = true;
      return this.#end(cut);
    }
    if (this.#blocks.begun) throw new GatewayError('upstream_error', 'The answer of the OpenAI API broke off.', { cause: error, shouldRetry: false });
    if (!isTransportTrial(error)) throw this.#mapped(error);
    return [];
  }

  #over({ turn }: TurnParams): StreamEvent[] {
    if (turn?.status === 'completed') return this.#end('stop');
    const error = turn?.error ?? undefined;
    if (!error) throw new GatewayError('cli_failed', 'Codex CLI ended the turn without an answer.', { cause: turn });
    const cut = cutOf(error);
    if (cut === undefined) throw this.#mapped(error);
    return this.#end(cut);
  }

  #end(reason: FinishReason, usage = this.#usage()): StreamEvent[] {
    return this.#blocks.end(reason, usage);
  }

  #usage(): Usage {
    if (this.#figures) return usageOf(this.#figures, {});
    return this.#counts === this.#before ? this.#estimate() : usageOf(this.#counts, this.#before);
  }

  #estimate(): Usage {
    return { inputTokens: this.expected.inputTokens(), outputTokens: estimateTokens(this.#blocks.characters), estimated: true };
  }

  #mapped(error: TurnError): GatewayError {
    return mapError(error, this.expected.model, this.expected.retryAfter());
  }
}

/** Why the vendor cut its answer; undefined where it failed. The CLI calls both an error. */
function cutOf({ message }: TurnError): FinishReason | undefined {
  const words = textOf(message) ?? '';
  if (!words.includes(INCOMPLETE)) return undefined;
  return words.includes('content_filter') ? 'content-filter' : 'length';
}

/** The CLI tries a WebSocket first, and falls back to HTTPS where the network lets none through: that says nothing of the request yet. */
function isTransportTrial(error: TurnError): boolean {
  const status = statusOf(error);
  return /\bwss?:\/\//.test(textOf(error.additionalDetails) ?? '') && status !== 401 && status !== 403 && status !== 429;
}
