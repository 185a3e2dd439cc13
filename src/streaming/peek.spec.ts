import { describe, expect, it } from '@jest/globals';
import { concat, EMPTY, lastValueFrom, Observable, of, Subject, throwError, toArray } from 'rxjs';
import { peek } from './peek.js';

const all = async <T>(source: Observable<T>): Promise<T[]> => lastValueFrom((await peek(source)).pipe(toArray()));

describe(peek.name, () => {
  it('gives everything back, whenever it comes', async () => {
    expect(await all(of(1, 2, 3))).toEqual([1, 2, 3]);
    const later = new Subject<number>();
    const peeked = peek(later);
    later.next(1);
    later.next(2);
    const rest = await peeked;
    later.next(3);
    const read = lastValueFrom(rest.pipe(toArray()));
    later.next(4);
    later.complete();
    expect(await read).toEqual([1, 2, 3, 4]);
  });

  it('rejects before the first value, and passes a later error on', async () => {
    const failure = new Error('no');
    await expect(peek(throwError(() => failure))).rejects.toBe(failure);
    const rest = await peek(
      concat(
        of(1),
        throwError(() => failure),
      ),
    );
    await expect(lastValueFrom(rest)).rejects.toBe(failure);
  });

  it('gives an empty source back', async () => {
    expect(await all(EMPTY)).toEqual([]);
  });

  it('leaves the source with its reader', async () => {
    let left = false;
    const source = new Observable<number>((subscriber) => {
      subscriber.next(1);
      return () => {
        left = true;
      };
    });
    const rest = await peek(source);
    expect(left).toBe(false);
    rest.subscribe().unsubscribe();
    expect(left).toBe(true);
  });
});
