import { identity, type MonoTypeOperatorFunction, pipe } from 'rxjs';
import { type CompletionRequest } from '../kernel/completion-request.js';
import { type StreamEvent } from '../kernel/stream-event.js';
import { firstToolCall } from '../streaming/first-tool-call.js';
import { outputLimit } from '../streaming/output-limit.js';
import { stopSequences } from '../streaming/stop-sequences.js';

/** Keeps `stop`, `max_tokens` and `parallel_tool_calls` where the provider does not; the first two cut the answer and thereby cancel the turn. */
export function limitOutput({ stop, maxOutputTokens, parallelToolCalls }: CompletionRequest): MonoTypeOperatorFunction<StreamEvent> {
  return pipe(
    stop.length > 0 ? stopSequences(stop) : identity,
    maxOutputTokens === undefined ? identity : outputLimit(maxOutputTokens),
    parallelToolCalls ? identity : firstToolCall(),
  );
}
