import { finalize, type Observable, retry, tap, throwError, timer } from 'rxjs';
import { waitedForSlot } from '../../completion/circuit-breaker.js';
import { type Served } from '../../completion/completion-call.js';
import { type EventsAnswer } from '../../kernel/answer.js';
import { GatewayError, toGatewayError } from '../../kernel/gateway-error.js';
import { type StreamEvent } from '../../kernel/stream-event.js';

/** How soon it queues again where there was no place, or its turn did not come in time. Milliseconds. */
const AGAIN_MS = 1000;

/**
 * The events of an answer that nobody waits for: while too many others wait for a turn, so does it. Leaving the events ends the turn.
 *
 * @param waitMs how long it waits for its turn
 */
export function detached({ outcome }: Served, { events }: EventsAnswer, abort: AbortController, waitMs: number): Observable<StreamEvent> {
  const until = performance.now() + waitMs;
  return events.pipe(
    tap(() => {
      outcome.seal();
    }),
    retry({
      delay: (cause: unknown) => {
        const error = toGatewayError(cause);
        return isBusy(error) && !outcome.sealed && performance.now() < until ? timer(AGAIN_MS) : throwError(() => error);
      },
    }),
    finalize(() => {
      abort.abort(new GatewayError('internal_error', 'The response is over.'));
    }),
  );
}

function isBusy(error: GatewayError): boolean {
  return error.code === 'queue_full' || waitedForSlot(error);
}
