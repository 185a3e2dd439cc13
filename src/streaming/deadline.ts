import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { relay } from './relay.js';
import { timeoutError } from './timeout-error.js';

/**
 * Ends a stream that is not over after `ms` milliseconds with the error `timeout`.
 *
 * @param begun whether the turn had begun before the first value: then nobody is to try again on his own
 */
export function deadline<T>(ms: number, begun = false): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      let began = begun;
      const timer = setTimeout(() => {
        subscriber.error(timeoutError(`The answer was not complete after ${ms} ms.`, began));
      }, ms);
      subscriber.add(() => {
        clearTimeout(timer);
      });
      return relay(source, subscriber, {
        next: (value) => {
          began = true;
          subscriber.next(value);
        },
      });
    });
}
