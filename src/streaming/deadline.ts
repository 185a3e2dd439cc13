import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { relay } from './relay.js';
import { timeoutError } from './timeout-error.js';

/** Ends a stream that is not over after `ms` milliseconds with the error `timeout`. */
export function deadline<T>(ms: number): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      const timer = setTimeout(() => {
        subscriber.error(timeoutError('The answer was not complete in time.'));
      }, ms);
      subscriber.add(() => {
        clearTimeout(timer);
      });
      return relay(source, subscriber, {
        next: (value) => {
          subscriber.next(value);
        },
      });
    });
}
