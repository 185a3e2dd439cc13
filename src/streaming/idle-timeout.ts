import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { relay } from './relay.js';
import { SilenceTimer } from './silence-timer.js';
import { timeoutError } from './timeout-error.js';

/**
 * Ends a stream that was silent for `ms` milliseconds, from its subscription or from its last value, with the error `timeout`.
 *
 * @param paused whether the reader keeps the source from speaking: such silence does not count
 */
export function idleTimeout<T>(ms: number, paused: () => boolean = () => false): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      const timer = new SilenceTimer(ms, () => {
        if (!paused()) subscriber.error(timeoutError(`The provider was silent for ${ms} ms.`));
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
