import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { type StreamEvent } from '../kernel/stream-event.js';
import { relay } from '../streaming/relay.js';

/** Holds `stream-end` back until `work` is done: whoever hears the end can rely on it. Where it rejects, that is the answer's error. */
export function atEnd(work: () => Promise<void>): MonoTypeOperatorFunction<StreamEvent> {
  return (source) =>
    new Observable((subscriber) =>
      relay(source, subscriber, {
        next: (event) => {
          if (event.type !== 'stream-end') {
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
        // The source completes right behind its `stream-end`; the work's end is the end.
        complete: () => undefined,
      }),
    );
}
