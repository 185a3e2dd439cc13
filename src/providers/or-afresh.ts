import { catchError, concatAll, from, type Observable, tap, throwError } from 'rxjs';
import { GatewayError } from '../kernel/gateway-error.js';
import { type StreamEvent } from '../kernel/stream-event.js';

/**
 * A turn in the live process that knows its conversation. Where that process turns out to be gone before a word was said, the whole conversation goes to a fresh one.
 *
 * @param live the new messages, to the process that knows the others
 * @param fresh the whole conversation, to a process that knows nothing
 * @param isGone whether an error is the process's, not the turn's
 */
export function orAfresh(live: Observable<StreamEvent>, fresh: () => Promise<Observable<StreamEvent>>, isGone = isProcessFailure): Observable<StreamEvent> {
  let said = false;
  return live.pipe(
    tap(() => {
      said = true;
    }),
    catchError((error: unknown) => (said || !isGone(error) ? throwError(() => error) : from(fresh()).pipe(concatAll()))),
  );
}

/** Another process may do better. */
function isProcessFailure(error: unknown): boolean {
  return error instanceof GatewayError && error.code === 'cli_failed';
}
