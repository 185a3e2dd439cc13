import { isAbsent, type JsonObject } from '../value-reader.js';

/**
 * What an API vendor is to be told although the gateway has no word for it: sampling values, and every field that the gateway does not know, by wire name, as sent.
 */
export function findVendorParameters(body: JsonObject): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(body).filter(([name, value]) => !understood.has(name) && !isAbsent(value)));
}

/** Fields that are the gateway's own, that are read into a request's other words, or that ask for what events cannot carry. */
const understood: ReadonlySet<string> = new Set([
  ...['provider', 'fallback', 'template', 'variables', 'conversation_id', 'cache', 'callback_url'],
  ...['model', 'messages', 'stream', 'stream_options', 'stop', 'max_tokens', 'max_completion_tokens', 'response_format', 'reasoning_effort'],
  ...['tools', 'tool_choice', 'parallel_tool_calls', 'functions', 'function_call'],
  ...['n', 'logprobs', 'top_logprobs', 'modalities', 'audio', 'prediction', 'web_search_options'],
]);
