import { Observable, type Subscriber } from 'rxjs';
import { type Turn } from './provider.js';
import { toGatewayError } from '../kernel/gateway-error.js';
import { type StreamEvent } from '../kernel/stream-event.js';
import { requestContext } from '../observability/request-context.js';
import { type Span } from '../observability/tracing/span.js';
import { type ProcessPool } from '../process-pool/process-pool.js';
import { type TurnSlot } from '../process-pool/turn-slots.js';

/**
 * One turn of a CLI, in its slot: cold, cancelled by unsubscribing, the slot given back however it ends.
 *
 * @param turn whose it is, as slots are shared out fairly between owners, and whether anybody waits for it
 * @param prepare comes before the slot: what cannot be served does not queue
 * @param run has the slot until the subscriber is done; rejecting is the turn's error
 */
export function slottedTurn<T>(
  pool: ProcessPool,
  { owner, background, meter }: Pick<Turn, 'owner' | 'background' | 'meter'>,
  prepare: () => T | Promise<T>,
  run: (prepared: T, subscriber: Subscriber<StreamEvent>, signal: AbortSignal) => Promise<void>,
): Observable<StreamEvent> {
  return new Observable((subscriber) => {
    const abort = new AbortController();
    const span = requestContext.getStore()?.span;
    const take = async (): Promise<void> => {
      const prepared = await prepare();
      const slot = await inSpan(span, background ? background.wait(pool.slots.acquireLast(owner, abort.signal, background.patienceMs)) : pool.slots.acquire(owner, abort.signal));
      const turn = span?.child('cli turn', 'internal');
      subscriber.add(() => {
        slot.release();
        turn?.end();
      });
      meter?.begun();
      await run(prepared, subscriber, abort.signal);
    };
    take().catch((error: unknown) => {
      subscriber.error(error);
    });
    return () => {
      abort.abort();
    };
  });
}

/** The wait for a slot, as a span of its own where the request is traced. */
function inSpan(parent: Span | undefined, wait: Promise<TurnSlot>): Promise<TurnSlot> {
  const span = parent?.child('wait for a turn slot', 'internal');
  if (!span) return wait;
  return wait.then(
    (slot) => {
      span.end();
      return slot;
    },
    (error: unknown) => {
      span.end({}, toGatewayError(error).code);
      throw error;
    },
  );
}
