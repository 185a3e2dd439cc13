import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { relay } from './relay.js';
import { SilenceTimer } from './silence-timer.js';

/** Adds `beat` (an SSE comment, say) whenever the source was silent for `ms` milliseconds, also before its first value. */
export function heartbeat<T>(ms: number, beat: T): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      const timer = new SilenceTimer(ms, () => {
        subscriber.next(beat);
      });
      subscriber.add(() => {
        timer.stop();
      });
      return relay(source, subscriber, {
        next: (value) => {
          timer.heard();
          subscriber.next(value);
        },
      });
    });
}
