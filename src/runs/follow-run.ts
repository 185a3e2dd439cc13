import { type BackgroundRun } from './background-run.js';
import { type ResponseStore, type WrittenEvent } from './response-store.js';
import { isOver } from './stored-response.js';
import { type Flow } from '../kernel/flow.js';

/** How often an answer of another instance is looked at, and one of our own whose word was missed. Milliseconds. */
const POLL_MS = 250;
const LATEST_MS = 5000;

export interface Follower {
  readonly id: string;
  readonly owner: string;
  /** The sequence number that it has heard of already. */
  readonly after: number;
  /** Its socket: nothing is read while it is full. */
  readonly flow: Flow;
  readonly signal: AbortSignal;
  readonly say: (event: WrittenEvent) => void;
}

/**
 * Tells the events of an answer made in the background, then those to come. Resolves at its end, or when the follower has left.
 *
 * @param runOf the run, where it is ours
 */
export async function followRun(store: ResponseStore, runOf: () => BackgroundRun | undefined, { id, owner, after, flow, signal, say }: Follower): Promise<void> {
  const drained = drainedOf(flow, signal);
  let last = after;
  while (!signal.aborted) {
    // Listens before it looks, so that no word is missed.
    const news = newsOf(runOf(), signal);
    try {
      const found = await store.news(id, owner, last);
      if (!found) return;
      const { status, events } = found;
      for (const event of events) say(event);
      last = events.at(-1)?.sequence ?? last;
      if (events.length > 0) await drained();
      else if (isOver(status)) return;
      else await news.there;
    } finally {
      news.stop();
    }
  }
}

interface News {
  readonly there: Promise<void>;
  stop(): void;
}

/** Resolves when there may be more: at the word of the run, else after a while. */
function newsOf(run: BackgroundRun | undefined, signal: AbortSignal): News {
  let stop = (): void => undefined;
  const there = new Promise<void>((resolve) => {
    const done = (): void => {
      resolve();
    };
    const timer = setTimeout(done, run ? LATEST_MS : POLL_MS);
    signal.addEventListener('abort', done);
    const told = run?.told.subscribe({ next: done, complete: done });
    stop = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      told?.unsubscribe();
      resolve();
    };
  });
  return { there, stop };
}

/** Waits until the follower's socket takes more. */
function drainedOf(flow: Flow, signal: AbortSignal): () => Promise<void> {
  let resume = (): void => undefined;
  signal.addEventListener('abort', () => {
    resume();
  });
  flow.onChange((paused) => {
    if (!paused) resume();
  });
  return () =>
    flow.paused && !signal.aborted
      ? new Promise((resolve) => {
          resume = resolve;
        })
      : Promise.resolve();
}
