import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, map, type Observable, of, throwError, toArray } from 'rxjs';
import { detached } from './detached-answer.js';
import { Outcome } from '../../completion/outcome.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type StreamEvent } from '../../kernel/stream-event.js';
import { TurnSlots } from '../../process-pool/turn-slots.js';
import { slottedTurn } from '../../providers/slotted-turn.js';

const start: StreamEvent = { type: 'stream-start', id: 'id', model: 'm', warnings: [] };

/** What becomes of an answer: its events' names, or the code of its failure. */
function made(events: Observable<StreamEvent>, waitMs: number, abort = new AbortController()): Promise<string> {
  const served = { outcome: new Outcome({ provider: 'p', model: 'm' }, undefined), answer: Promise.reject(new Error('not asked for')) };
  served.answer.catch(() => undefined);
  const names = detached(served, { kind: 'events', events }, abort, waitMs).pipe(
    map(({ type }) => type),
    toArray(),
  );
  return lastValueFrom(names).then(
    (all) => all.join(),
    (error: unknown) => (error as GatewayError).code,
  );
}

/** A turn of `ms` milliseconds. */
const turn = (slots: TurnSlots, ms: number): Observable<StreamEvent> =>
  slottedTurn(
    { slots } as Parameters<typeof slottedTurn>[0],
    'owner',
    () => undefined,
    async (_, subscriber) => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      subscriber.next(start);
      subscriber.complete();
    },
  );

describe('an answer that nobody waits for', () => {
  it('queues again when its turn did not come in time, and when there was no place in the queue', async () => {
    const slots = new TurnSlots({ max: 1, queueDepth: 1, queueTimeoutMs: 50 });
    expect(await Promise.all([made(turn(slots, 200), 9000), made(turn(slots, 200), 9000), made(turn(slots, 200), 9000)])).toEqual(['stream-start', 'stream-start', 'stream-start']);
  });

  it('fails when it has waited long enough, with what it waited for', async () => {
    const slots = new TurnSlots({ max: 1, queueDepth: 1, queueTimeoutMs: 50 });
    const first = made(turn(slots, 1500), 9000);
    expect(await made(turn(slots, 10), 1000)).toBe('timeout');
    expect(await first).toBe('stream-start');
  });

  it('fails at once with what is no lack of slots, and ends its turn', async () => {
    const abort = new AbortController();
    let tries = 0;
    const late = new GatewayError('timeout', 'The model said nothing.');
    const events = throwError(() => {
      tries += 1;
      return late;
    });
    expect(await made(events, 9000, abort)).toBe('timeout');
    expect([tries, abort.signal.aborted]).toEqual([1, true]);
    expect(await made(of(start), 9000)).toBe('stream-start');
  });
});
