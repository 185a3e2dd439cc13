import { decodeChunk, type ChatChunk, type ChatDelta, type ToolCallChunk } from './decode-chunk.js';
import { decodeFinishReason } from './finish-reason.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type FinishReason, type StreamEvent, type TextDelta } from '../../kernel/stream-event.js';
import { estimateTokens, type Usage } from '../../kernel/usage.js';

type Say = (event: StreamEvent) => void;

/** Turns the chunks of one Chat Completions stream into events. Only the first choice is read. */
export class ChatStreamDecoder {
  #started = false;
  #ended = false;
  #nextBlock = 0;
  /** The text or reasoning block that is open: a vendor speaks one at a time. */
  #open: { readonly kind: 'text' | 'reasoning'; readonly block: number } | undefined;
  /** Function calls by the vendor's index; they stay open, for their deltas may interleave. */
  readonly #calls = new Map<number, { readonly id: string | undefined; readonly block: number }>();
  #reason: FinishReason | undefined;
  #refused = false;
  #usage: Usage | undefined;
  #characters = 0;

  /** @param estimateInput a guess at the prompt's tokens, for vendors that report no usage */
  constructor(private readonly estimateInput: () => number) {}

  /** Whether `stream-end` was said: whatever follows is ignored. */
  get ended(): boolean {
    return this.#ended;
  }

  /** What the vendor has counted so far: with its last words, or with each. */
  get usage(): Usage | undefined {
    return this.#usage;
  }

  /** Takes the data of one SSE event. @throws GatewayError `upstream_error` */
  decode(data: string, say: Say): void {
    if (this.#ended) return;
    if (data === '[DONE]') {
      this.end(say);
      return;
    }
    const chunk = decodeChunk(data);
    this.#start(chunk, say);
    this.#usage = chunk.usage ?? this.#usage;
    if (chunk.delta) this.#delta(chunk.delta, say);
    if (chunk.finishReason !== undefined) this.#finish(chunk.finishReason);
  }

  /** The end of the stream. @throws GatewayError `upstream_error` where the vendor did not finish its answer */
  end(say: Say): void {
    if (this.#ended) return;
    if (this.#reason === undefined) throw cutShort();
    this.#closeText(say);
    for (const { block } of this.#calls.values()) say({ type: 'tool-call-end', block });
    this.#ended = true;
    say({ type: 'stream-end', reason: this.#meaning(this.#reason), usage: this.#usage ?? this.#estimate() });
  }

  #estimate(): Usage {
    return { inputTokens: this.estimateInput(), outputTokens: estimateTokens(this.#characters), estimated: true };
  }

  /** Some servers say "stop" where the model called functions, all of them where it refused: that is no answer to what was asked. */
  #meaning(reason: FinishReason): FinishReason {
    if (reason !== 'stop') return reason;
    if (this.#calls.size > 0) return 'tool-calls';
    return this.#refused ? 'content-filter' : reason;
  }

  /** Chunks without a choice before the first word (content filter reports) may lack the id and the model. */
  #start({ id, model, delta, finishReason }: ChatChunk, say: Say): void {
    if (this.#started || (delta === undefined && finishReason === undefined)) return;
    this.#started = true;
    say({ type: 'stream-start', id, model, warnings: [] });
  }

  #delta({ reasoning, text, refusal, toolCalls }: ChatDelta, say: Say): void {
    if (reasoning !== '') this.#text('reasoning', reasoning, say);
    for (const words of [text, refusal]) if (words !== '') this.#text('text', words, say);
    this.#refused ||= refusal !== '';
    for (const call of toolCalls) this.#toolCall(call, say);
  }

  #text(kind: 'text' | 'reasoning', text: string, say: Say): void {
    if (this.#open?.kind !== kind) this.#closeText(say);
    if (!this.#open) {
      this.#open = { kind, block: this.#nextBlock++ };
      say({ type: `${kind}-start`, block: this.#open.block });
    }
    this.#characters += text.length;
    say({ type: `${kind}-delta`, block: this.#open.block, text } satisfies TextDelta);
  }

  #closeText(say: Say): void {
    if (this.#open) say({ type: `${this.#open.kind}-end`, block: this.#open.block });
    this.#open = undefined;
  }

  #toolCall({ index, id, name, json }: ToolCallChunk, say: Say): void {
    let call = this.#calls.get(index);
    // A server that numbers every call 0 still gives each an id of its own.
    if (call && id !== undefined && call.id !== undefined && id !== call.id) {
      say({ type: 'tool-call-end', block: call.block });
      this.#calls.delete(index);
      call = undefined;
    }
    if (!call) {
      this.#closeText(say);
      if (name === undefined) throw new GatewayError('upstream_error', 'The provider sent a function call without a name.');
      call = { id, block: this.#nextBlock++ };
      this.#calls.set(index, call);
      say({ type: 'tool-call-start', block: call.block, callId: id ?? `call_${call.block}`, name });
    }
    if (json === '') return;
    this.#characters += json.length;
    say({ type: 'tool-call-delta', block: call.block, json });
  }

  #finish(wire: string): void {
    // A vendor that stops for a reason of its own ("error", "abort") did not finish. An error that it still sends says why.
    this.#reason = decodeFinishReason(wire);
  }
}

function cutShort(): GatewayError {
  return new GatewayError('upstream_error', 'The provider ended its stream before the answer was complete.');
}
