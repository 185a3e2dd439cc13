import { type MonoTypeOperatorFunction, Observable, type Subscriber } from 'rxjs';
import { relay } from '../kernel/relay.js';
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
      const timer = startIdleTimer(subscriber, ms, paused);
      return relay(source, subscriber, {
        next: (value) => {
          timer.heard();
          subscriber.next(value);
        },
      });
    });
}

/** The same of whoever reads from now on, for as long as nobody tells the timer that something was heard. */
export function startIdleTimer(reader: Subscriber<unknown>, ms: number, paused: () => boolean): SilenceTimer {
  const timer = new SilenceTimer(ms, () => {
    if (!paused()) reader.error(timeoutError(`The provider was silent for ${ms} ms.`));
  });
  reader.add(() => {
    timer.stop();
  });
  return timer;
}
