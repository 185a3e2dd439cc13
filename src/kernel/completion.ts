import { type Reasoning, type ToolCall } from './message.js';
import { type FinishReason, type Warning } from './stream-event.js';
import { type Usage } from './usage.js';

/** One block of a whole answer. */
export type AnswerBlock = { readonly type: 'text'; readonly text: string } | ({ readonly type: 'reasoning' } & Reasoning) | ({ readonly type: 'tool-call' } & ToolCall);

/** A whole answer: what the events of one stream add up to. */
export interface Completion {
  readonly id: string;
  readonly model: string;
  /** In the order in which they began. */
  readonly blocks: readonly AnswerBlock[];
  /** The texts of all blocks of a kind, as they came. */
  readonly text: string;
  readonly reasoning: string;
  readonly toolCalls: readonly ToolCall[];
  readonly reason: FinishReason;
  readonly usage: Usage;
  readonly stopSequence?: string;
  readonly warnings: readonly Warning[];
}
