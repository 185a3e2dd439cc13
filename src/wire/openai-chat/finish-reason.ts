import { type FinishReason } from '../../kernel/stream-event.js';

/** The `finish_reason` of Chat Completions. */
export function encodeFinishReason(reason: FinishReason): 'stop' | 'length' | 'tool_calls' | 'content_filter' {
  switch (reason) {
    case 'stop':
      return 'stop';
    case 'length':
      return 'length';
    case 'tool-calls':
      return 'tool_calls';
    case 'content-filter':
      return 'content_filter';
  }
}

/**
 * What a vendor's `finish_reason` means, the spellings of OpenAI-compatible servers included. Undefined for any other:
 * such an answer (`error`, `abort`, `insufficient_system_resource`, …) was cut short.
 */
export function decodeFinishReason(reason: string): FinishReason | undefined {
  return MEANINGS.get(reason);
}

const MEANINGS: ReadonlyMap<string, FinishReason> = new Map([
  ['stop', 'stop'],
  ['end_turn', 'stop'],
  ['eos', 'stop'],
  ['eos_token', 'stop'],
  ['stop_sequence', 'stop'],
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['model_length', 'length'],
  ['tool_calls', 'tool-calls'],
  ['function_call', 'tool-calls'],
  ['content_filter', 'content-filter'],
]);
