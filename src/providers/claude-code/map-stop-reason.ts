import { type FinishReason } from '../../kernel/stream-event.js';

const reasons: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool-calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  // The answer stands open: without tools of Anthropic's own nobody goes on with it.
  pause_turn: 'length',
  refusal: 'content-filter',
};

/** A reason that a later API invents still ends a complete answer: `stop`. */
export function mapStopReason(reason: string): FinishReason {
  return Object.hasOwn(reasons, reason) ? (reasons[reason] ?? 'stop') : 'stop';
}
