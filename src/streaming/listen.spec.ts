import { describe, expect, it } from '@jest/globals';
import { of, throwError } from 'rxjs';
import { listen, type Listener } from './listen.js';
import { WatchedSource } from '../../test/support/watched-source.js';

function logging(): { readonly heard: unknown[]; readonly listener: Listener<unknown> } {
  const heard: unknown[] = [];
  const listener: Listener<unknown> = {
    begun: () => heard.push('begun'),
    next: (value) => heard.push(value),
    completed: () => heard.push('completed'),
    failed: (error) => heard.push(error),
    left: () => heard.push('left'),
  };
  return { heard, listener };
}

describe(listen, () => {
  it('tells everyone of the values and of the end, before the reader hears it', () => {
    const [one, other] = [logging(), logging()];
    of(1, 2)
      .pipe(listen([one.listener, {}, other.listener]))
      .subscribe({ next: (value) => one.heard.push(`read ${value}`), complete: () => one.heard.push('over') });
    expect(one.heard).toEqual(['begun', 1, 'read 1', 2, 'read 2', 'completed', 'over']);
    expect(other.heard).toEqual(['begun', 1, 2, 'completed']);
  });

  it('tells of an error as the reader is told of it', () => {
    const { heard, listener } = logging();
    throwError(() => 'secret')
      .pipe(listen([listener], (error) => `no ${String(error)}`))
      .subscribe({ error: (error: unknown) => heard.push(['read', error]) });
    expect(heard).toEqual(['begun', 'no secret', ['read', 'no secret']]);
  });

  it('tells of a reader that leaves, once the source is left', () => {
    const { heard, listener } = logging();
    const source = new WatchedSource<number>();
    const reading = source.stream.pipe(listen([{ ...listener, left: () => heard.push(`left ${source.left}`) }])).subscribe();
    source.subject.next(1);
    reading.unsubscribe();
    source.subject.complete();
    expect(heard).toEqual(['begun', 1, 'left 1']);
  });

  it('passes values on where nobody hears them', () => {
    const read: number[] = [];
    of(1, 2)
      .pipe(listen([{ completed: () => read.push(3) }]))
      .subscribe((value) => read.push(value));
    expect(read).toEqual([1, 2, 3]);
  });
});
