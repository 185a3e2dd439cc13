import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { type StreamEvent } from '../kernel/stream-event.js';
import { relay } from '../kernel/relay.js';

/** Holds `stream-end` back until `work` is done: whoever hears the end can rely on it. Where it rejects, that is the answer's error. */
export function atEnd(work: () => Promise<void>): MonoTypeOperatorFunction<StreamEvent> {
  return beforeLast(({ type }) => type === 'stream-end', work);
}

/** The same of any events. @param isLast the source completes right behind it */
export function beforeLast<T>(isLast: (event: T) => boolean, work: () => Promise<void>): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) =>
      relay(source, subscriber, {
        next: (event) => {
          if (!isLast(event)) {
            subscriber.next(event);
            return;
          }
          void work().then(
            () => {
              subscriber.next(event);
              subscriber.complete();
            },
            (error: unknown) => {
              subscriber.error(error);
            },
          );
        },
        // The work's end is the end.
        complete: () => undefined,
      }),
    );
}
