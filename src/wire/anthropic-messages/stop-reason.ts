import { type StreamEnd } from '../../kernel/stream-event.js';

/** Why an answer ended, in Anthropic's words. */
export interface AnthropicEnding {
  readonly stop_reason: 'end_turn' | 'max_tokens' | 'stop_sequence' | 'tool_use' | 'refusal';
  readonly stop_sequence: string | null;
  readonly stop_details: { readonly type: 'refusal'; readonly category: null; readonly explanation: null } | null;
}

export function encodeEnding({ reason, stopSequence }: Pick<StreamEnd, 'reason' | 'stopSequence'>): AnthropicEnding {
  const stop_details = reason === 'content-filter' ? ({ type: 'refusal', category: null, explanation: null } as const) : null;
  if (reason === 'stop' && stopSequence !== undefined) return { stop_reason: 'stop_sequence', stop_sequence: stopSequence, stop_details };
  return { stop_reason: stopReasons[reason], stop_sequence: null, stop_details };
}

const stopReasons = { stop: 'end_turn', length: 'max_tokens', 'tool-calls': 'tool_use', 'content-filter': 'refusal' } as const;
