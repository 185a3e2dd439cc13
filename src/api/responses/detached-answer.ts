import { finalize, type Observable, tap } from 'rxjs';
import { type Served } from '../../completion/completion-call.js';
import { type EventsAnswer } from '../../kernel/answer.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type StreamEvent } from '../../kernel/stream-event.js';

/** The events of an answer that nobody waits for: whoever answers does so to the end. Leaving the events ends the turn. */
export function detached({ outcome }: Served, { events }: EventsAnswer, abort: AbortController): Observable<StreamEvent> {
  return events.pipe(
    tap(() => {
      outcome.seal();
    }),
    finalize(() => {
      abort.abort(new GatewayError('internal_error', 'The response is over.'));
    }),
  );
}
