import { identity, type MonoTypeOperatorFunction, pipe } from 'rxjs';
import { type CompletionRequest } from '../kernel/completion-request.js';
import { type StreamEvent } from '../kernel/stream-event.js';
import { outputLimit } from '../streaming/output-limit.js';
import { stopSequences } from '../streaming/stop-sequences.js';

/** Keeps `stop` and `max_tokens` where the provider does not: cuts the answer and thereby cancels the turn. */
export function limitOutput({ stop, maxOutputTokens }: CompletionRequest): MonoTypeOperatorFunction<StreamEvent> {
  return pipe(stop.length > 0 ? stopSequences(stop) : identity, maxOutputTokens === undefined ? identity : outputLimit(maxOutputTokens));
}
