import { type ToolCall } from './message.js';
import { type FinishReason, type Warning } from './stream-event.js';
import { type Usage } from './usage.js';

/** A whole answer: what the events of one stream add up to. */
export interface Completion {
  readonly id: string;
  readonly model: string;
  readonly text: string;
  readonly reasoning: string;
  readonly toolCalls: readonly ToolCall[];
  readonly reason: FinishReason;
  readonly usage: Usage;
  readonly warnings: readonly Warning[];
}
