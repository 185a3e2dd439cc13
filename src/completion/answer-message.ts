import { type Message, type ToolCall } from '../kernel/message.js';
import { type StreamEvent } from '../kernel/stream-event.js';

/** What a client was told, as a message of its conversation. */
export class AnswerMessage {
  #text = '';
  readonly #toolCalls = new Map<number, ToolCall>();
  #ended = false;

  /** Takes in what the client is sent. */
  observe(event: StreamEvent): void {
    if (event.type === 'text-delta') this.#text += event.text;
    else if (event.type === 'tool-call-start') this.#toolCalls.set(event.block, { callId: event.callId, name: event.name, json: '' });
    else if (event.type === 'tool-call-delta') this.#extend(event.block, event.json);
    else if (event.type === 'stream-end') this.#ended = true;
  }

  /** Undefined before its end. */
  get whole(): Message | undefined {
    return this.#ended ? { role: 'assistant', text: this.#text, toolCalls: [...this.#toolCalls.values()] } : undefined;
  }

  #extend(block: number, json: string): void {
    const call = this.#toolCalls.get(block);
    if (call) this.#toolCalls.set(block, { ...call, json: call.json + json });
  }
}
