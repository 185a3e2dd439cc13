import { describe, expect, it, jest } from '@jest/globals';
import { concat, lastValueFrom, NEVER, type Observable, of, throwError, toArray } from 'rxjs';
import { withAlternate } from './with-alternate.js';
import { type StreamEvent } from '../kernel/stream-event.js';

const start: StreamEvent = { type: 'stream-start', id: '1', model: 'm', warnings: [] };
const failure = new Error('down');
const broken = throwError(() => failure);
const other = of<StreamEvent>({ ...start, id: '2' });

const run = (first: Observable<StreamEvent>, { whole = false, sealed = false, next = (): Observable<StreamEvent> | undefined => other } = {}): Promise<string[]> =>
  lastValueFrom(withAlternate(first, { whole, sealed: () => sealed, next }).pipe(toArray())).then(
    (events) => events.map((event) => ('id' in event ? event.id : event.type)),
    (error: unknown) => [error === failure ? 'the failure' : String(error)],
  );

describe(withAlternate.name, () => {
  it.each([
    ['a failure before the first event', broken, {}, ['2']],
    ['a failure after it', concat(of(start), broken), {}, ['the failure']],
    ['a failure after it, delivered whole', concat(of(start), broken), { whole: true }, ['2']],
    ['headers that are out', broken, { sealed: true }, ['the failure']],
    ['nobody else', broken, { next: () => undefined }, ['the failure']],
    ['no failure', of(start), {}, ['1']],
    ['no failure, delivered whole', of(start), { whole: true }, ['1']],
  ])('%s', async (_, first, options, expected) => {
    expect(await run(first, options)).toEqual(expected);
  });

  it('tries once', async () => {
    const next = jest.fn(() => broken);
    expect(await run(broken, { next })).toEqual(['the failure']);
    expect(next).toHaveBeenCalledTimes(1);
  });

  it('passes events on as they come', () => {
    const seen: StreamEvent[] = [];
    withAlternate(concat(of(start), NEVER), { whole: false, sealed: () => false, next: () => undefined })
      .subscribe((event) => seen.push(event))
      .unsubscribe();
    expect(seen).toEqual([start]);
  });
});
