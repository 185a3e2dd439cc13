import { identity, type MonoTypeOperatorFunction, pipe } from 'rxjs';
import { type CompletionRequest } from '../kernel/completion-request.js';
import { estimateInputTokens } from '../kernel/estimate-input-tokens.js';
import { type StreamEvent } from '../kernel/stream-event.js';
import { firstToolCall } from '../streaming/first-tool-call.js';
import { outputLimit } from '../streaming/output-limit.js';
import { stopSequences } from '../streaming/stop-sequences.js';

/** Keeps `max_tokens` of one turn where the provider does not: it cuts the answer and thereby cancels the turn. */
export function limitLength(request: CompletionRequest): MonoTypeOperatorFunction<StreamEvent> {
  const { maxOutputTokens } = request;
  return maxOutputTokens === undefined ? identity : outputLimit(maxOutputTokens, () => estimateInputTokens(request));
}

/** Keeps `stop` and `parallel_tool_calls` in what the client is told, where the provider does not; the first cuts the answer and thereby cancels the turn. */
export function limitOutput(request: CompletionRequest): MonoTypeOperatorFunction<StreamEvent> {
  const { stop, parallelToolCalls } = request;
  return pipe(stop.length > 0 ? stopSequences(stop, () => estimateInputTokens(request)) : identity, parallelToolCalls ? identity : firstToolCall());
}
