import { setTimeout as sleep } from 'node:timers/promises';

/** A piece of work that failed is tried again after a pause, which grows. Milliseconds. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Does a piece of work, again and again until it is done: the database may be away.
 *
 * @param failed told of the first failure
 * @throws the signal's reason where it ends the wait
 */
export async function insist<T>(work: () => Promise<T>, signal: AbortSignal, failed: (error: unknown) => void): Promise<T> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (pause === FIRST_PAUSE_MS) failed(error);
    }
    await sleep(pause, undefined, { signal }).catch(() => {
      throw signal.reason;
    });
  }
}
