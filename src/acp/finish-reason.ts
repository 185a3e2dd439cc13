import { type FinishReason } from '../kernel/stream-event.js';

/** Of a turn that came to its end; `cancelled` is the caller's to know. See https://agentclientprotocol.com/protocol/v1/prompt-turn#stop-reasons. */
export function finishReasonOf(stopReason: string): FinishReason {
  switch (stopReason) {
    case 'max_tokens':
    case 'max_turn_requests':
      return 'length';
    case 'refusal':
      return 'content-filter';
    default:
      return 'stop';
  }
}
