import { type MonoTypeOperatorFunction, Observable, type Subscriber } from 'rxjs';
import { relay } from '../kernel/relay.js';
import { timeoutError } from './timeout-error.js';
import { type BackgroundTurn } from '../kernel/background-turn.js';

/**
 * Ends a stream that is not over after `ms` milliseconds with the error `timeout`.
 *
 * @param background whose waits for a slot do not count
 */
export function deadline<T>(ms: number, background?: BackgroundTurn): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      startDeadline(subscriber, ms, background);
      return relay<T>(source, subscriber, {});
    });
}

/** The same of whoever reads from now on. */
export function startDeadline(reader: Subscriber<unknown>, ms: number, background?: BackgroundTurn): void {
  const before = background?.waitedMs ?? 0;
  const began = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const arm = (leftMs: number): void => {
    timer = setTimeout(() => {
      const waitedMs = background ? background.waitedMs - before : 0;
      const left = ms + waitedMs - (performance.now() - began);
      // Timers may fire a fraction of a millisecond early.
      if (waitedMs > 0 && left >= 1) arm(left);
      else if (background?.waiting === true) arm(ms);
      else reader.error(timeoutError('The answer was not complete in time.'));
    }, leftMs);
  };
  arm(ms);
  reader.add(() => {
    clearTimeout(timer);
  });
}
