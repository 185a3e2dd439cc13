import { Observable, type Subscriber, Subscription } from 'rxjs';

/**
 * Waits for a source's first value and gives the whole source back, that value included, for one subscriber. Rejects where the source fails before it; a source
 * that completes without a value is given back as it is.
 */
export function peek<T>(source: Observable<T>): Promise<Observable<T>> {
  return new Promise((resolve, reject) => {
    const early: T[] = [];
    let reader: Subscriber<T> | undefined;
    let end: ((to: Subscriber<T>) => void) | undefined;
    const finish = (how: (to: Subscriber<T>) => void): void => {
      if (reader) how(reader);
      else end = how;
    };
    const reading = new Subscription();
    const rest = new Observable<T>((subscriber) => {
      reader = subscriber;
      for (const value of early.splice(0)) subscriber.next(value);
      end?.(subscriber);
      return reading;
    });
    const subscription = source.subscribe({
      next: (value) => {
        if (reader) reader.next(value);
        else early.push(value);
        resolve(rest);
      },
      error: (error: unknown) => {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- passed on as it came
        reject(error);
        finish((to) => {
          to.error(error);
        });
      },
      complete: () => {
        finish((to) => {
          to.complete();
        });
        resolve(rest);
      },
    });
    reading.add(subscription);
  });
}
