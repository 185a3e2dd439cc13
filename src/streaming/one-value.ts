import { type Observable } from 'rxjs';
import { GatewayError } from '../kernel/gateway-error.js';

/** The one value of an Observable. An aborted signal unsubscribes the source and rejects with its reason; so does a source without a value. */
export function oneValue<T>(source: Observable<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    let value: T | undefined;
    const leave = (): void => {
      subscription.unsubscribe();
      reject(signal.reason as Error);
    };
    const subscription = source.subscribe({
      next: (next) => {
        value = next;
      },
      error: (error: unknown) => {
        signal.removeEventListener('abort', leave);
        reject(error instanceof Error ? error : new Error('the answer failed', { cause: error }));
      },
      complete: () => {
        signal.removeEventListener('abort', leave);
        if (value === undefined) reject(new GatewayError('upstream_error', 'The provider answered with nothing.'));
        else resolve(value);
      },
    });
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
}
