import { describe, expect, it } from '@jest/globals';
import { concat, lastValueFrom, type Observable, of, throwError, toArray } from 'rxjs';
import { orAfresh } from './or-afresh.js';
import { type ErrorCode, GatewayError } from '../kernel/gateway-error.js';
import { type StreamEvent } from '../kernel/stream-event.js';

const said = (text: string): Observable<StreamEvent> => of({ type: 'text-delta', block: 0, text });
const failing = (code: ErrorCode): Observable<never> => throwError(() => new GatewayError(code, 'x'));
const heard = (live: Observable<StreamEvent>, fresh: () => Promise<Observable<StreamEvent>> = () => Promise.resolve(said('afresh'))): Promise<unknown> =>
  lastValueFrom(orAfresh(live, fresh).pipe(toArray())).then(
    (events) => events.map((event) => ('text' in event ? event.text : '')),
    (error: unknown) => (error as GatewayError).code,
  );

describe(orAfresh.name, () => {
  it('stays with the live process where all is well', async () => {
    expect(await heard(said('live'), () => Promise.reject(new Error('never asked')))).toEqual(['live']);
  });

  it('begins afresh where the process is gone', async () => {
    expect(await heard(failing('cli_failed'))).toEqual(['afresh']);
  });

  it.each<[string, Observable<StreamEvent>, string]>([
    ['after a word', concat(said('live'), failing('cli_failed')), 'cli_failed'],
    ["where the turn is the vendor's affair", failing('upstream_error'), 'upstream_error'],
    ['where the client is at fault', failing('invalid_parameter'), 'invalid_parameter'],
  ])('does not %s', async (_, live, code) => {
    expect(await heard(live)).toBe(code);
  });

  it('fails as the fresh one does', async () => {
    expect(await heard(failing('cli_failed'), () => Promise.reject(new GatewayError('queue_full', 'x')))).toBe('queue_full');
  });
});
