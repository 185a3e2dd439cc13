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
  switch (reason) {
    case 'stop':
    case 'end_turn':
    case 'eos':
    case 'eos_token':
    case 'stop_sequence':
      return 'stop';
    case 'length':
    case 'max_tokens':
    case 'model_length':
      return 'length';
    case 'tool_calls':
    case 'function_call':
      return 'tool-calls';
    case 'content_filter':
      return 'content-filter';
    default:
      return undefined;
  }
}
