import { catchError, defer, from, mergeMap, type Observable, tap, toArray } from 'rxjs';
import { type StreamEvent } from '../kernel/stream-event.js';

export interface AlternateOptions {
  /** Whether the answer is delivered whole: then it may fail until its last event. Streamed, only its first event counts. */
  readonly whole: boolean;
  /** Whether the client has got the headers, so that it is too late. */
  readonly sealed: () => boolean;
  /** Another try, or undefined where there is none: then the error stays. */
  readonly next: (error: unknown) => Observable<StreamEvent> | undefined;
}

/** An answer that another one may take the place of where it fails before the client got anything of it. */
export function withAlternate(first: Observable<StreamEvent>, { whole, sealed, next }: AlternateOptions): Observable<StreamEvent> {
  return defer(() => {
    let begun = false;
    const guarded = whole
      ? first.pipe(
          toArray(),
          mergeMap((events) => from(events)),
        )
      : first.pipe(
          tap(() => {
            begun = true;
          }),
        );
    return guarded.pipe(
      catchError((error: unknown) => {
        const alternate = begun || sealed() ? undefined : next(error);
        if (!alternate) throw error;
        return alternate;
      }),
    );
  });
}
