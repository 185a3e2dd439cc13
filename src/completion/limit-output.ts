import { identity, type MonoTypeOperatorFunction, pipe } from 'rxjs';
import { type CompletionRequest } from '../kernel/completion-request.js';
import { type StreamEvent } from '../kernel/stream-event.js';
import { firstToolCall } from '../streaming/first-tool-call.js';
import { outputLimit } from '../streaming/output-limit.js';
import { stopSequences } from '../streaming/stop-sequences.js';

/** Keeps `max_tokens` of one turn where the provider does not: it cuts the answer and thereby cancels the turn. */
export function limitLength({ maxOutputTokens }: CompletionRequest): MonoTypeOperatorFunction<StreamEvent> {
  return maxOutputTokens === undefined ? identity : outputLimit(maxOutputTokens);
}

/** Keeps `stop` and `parallel_tool_calls` in what the client is told, where the provider does not; the first cuts the answer and thereby cancels the turn. */
export function limitOutput({ stop, parallelToolCalls }: CompletionRequest): MonoTypeOperatorFunction<StreamEvent> {
  return pipe(stop.length > 0 ? stopSequences(stop) : identity, parallelToolCalls ? identity : firstToolCall());
}
