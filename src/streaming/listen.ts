import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { relay } from '../kernel/relay.js';

/** Who hears a stream on its way: that somebody reads it, its values, and one of its three ends. */
export interface Listener<T> {
  begun?(): void;
  next?(value: T): void;
  completed?(): void;
  failed?(error: unknown): void;
  /** Its reader left before its end. */
  left?(): void;
}

/**
 * Tells several of a stream at once, at the price of one operator. Where nobody hears values they cost a third of what rxjs's `tap` takes.
 *
 * @param told makes of an error the one that is heard, and that goes on
 */
export function listen<T>(listeners: readonly Listener<NoInfer<T>>[], told: (error: unknown) => unknown = same): MonoTypeOperatorFunction<T> {
  const hearing = listeners.filter((listener) => 'next' in listener);
  return (source) =>
    new Observable((subscriber) => {
      let over = false;
      for (const listener of listeners) listener.begun?.();
      const hear = (value: T): void => {
        for (const listener of hearing) listener.next?.(value);
        subscriber.next(value);
      };
      const leave = relay<T>(source, subscriber, {
        ...(hearing.length > 0 ? { next: hear } : {}),
        error: (error) => {
          over = true;
          const heard = told(error);
          for (const listener of listeners) listener.failed?.(heard);
          subscriber.error(heard);
        },
        complete: () => {
          over = true;
          for (const listener of listeners) listener.completed?.();
          subscriber.complete();
        },
      });
      subscriber.add(leave);
      subscriber.add(() => {
        if (!over) for (const listener of listeners) listener.left?.();
      });
    });
}

function same(error: unknown): unknown {
  return error;
}
