import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, map, type Observable, of, throwError, toArray } from 'rxjs';
import { detached } from './detached-answer.js';
import { Outcome } from '../../completion/outcome.js';
import { BackgroundTurn } from '../../kernel/background-turn.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type StreamEvent } from '../../kernel/stream-event.js';
import { TurnSlots } from '../../process-pool/turn-slots.js';
import { slottedTurn } from '../../providers/slotted-turn.js';

const start: StreamEvent = { type: 'stream-start', id: 'id', model: 'm', warnings: [] };

/** What becomes of an answer: its events' names, or the code of its failure. */
function made(events: Observable<StreamEvent>, abort = new AbortController()): Promise<string> {
  const served = { outcome: new Outcome({ provider: 'p', model: 'm' }, undefined), answer: Promise.reject(new Error('not asked for')) };
  served.answer.catch(() => undefined);
  const names = detached(served, { kind: 'events', events }, abort).pipe(
    map(({ type }) => type),
    toArray(),
  );
  return lastValueFrom(names).then(
    (all) => all.join(),
    (error: unknown) => (error as GatewayError).code,
  );
}

/** A turn of `ms` milliseconds that waits for its slot for as long as `patienceMs`. */
const turn = (slots: TurnSlots, ms: number, patienceMs: number): Observable<StreamEvent> =>
  slottedTurn(
    { slots } as Parameters<typeof slottedTurn>[0],
    { owner: 'owner', background: new BackgroundTurn(patienceMs) },
    () => undefined,
    async (_, subscriber) => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      subscriber.next(start);
      subscriber.complete();
    },
  );

describe('an answer that nobody waits for', () => {
  it('waits on when its turn does not come in time, and when there is no place in the queue', async () => {
    const slots = new TurnSlots({ max: 1, queueDepth: 1, queueTimeoutMs: 50 });
    expect(await Promise.all([1, 2, 3].map(() => made(turn(slots, 100, 9000))))).toEqual(['stream-start', 'stream-start', 'stream-start']);
  });

  it('fails when it has waited long enough', async () => {
    const slots = new TurnSlots({ max: 1, queueDepth: 1, queueTimeoutMs: 50 });
    const first = made(turn(slots, 300, 9000));
    expect(await made(turn(slots, 10, 100))).toBe('timeout');
    expect(await first).toBe('stream-start');
  });

  it('ends its turn with its failure, and with its end', async () => {
    for (const [events, outcome] of [
      [throwError(() => new GatewayError('timeout', 'The model said nothing.')), 'timeout'],
      [of(start), 'stream-start'],
    ] as const) {
      const abort = new AbortController();
      expect(await made(events, abort)).toBe(outcome);
      expect(abort.signal.aborted).toBe(true);
    }
  });
});
