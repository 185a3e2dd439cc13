import { Observable, type Subscriber } from 'rxjs';
import { type Turn } from './provider.js';
import { type StreamEvent } from '../kernel/stream-event.js';
import { type ProcessPool } from '../process-pool/process-pool.js';

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
    const take = async (): Promise<void> => {
      const prepared = await prepare();
      const slot = await (background ? background.wait(pool.slots.acquireLast(owner, abort.signal, background.patienceMs)) : pool.slots.acquire(owner, abort.signal));
      subscriber.add(() => {
        slot.release();
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
