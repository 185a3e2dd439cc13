import { type CodexConnection } from './codex-program.js';
import { type Thread } from './converse.js';
import { type RunningTurn } from './running-turn.js';
import { type LiveEntries } from '../../process-pool/live-entries.js';
import { type ProcessPool } from '../../process-pool/process-pool.js';
import { type Lease } from '../../process-pool/shared-process.js';
import { type Affinity } from '../provider.js';

/** A place in a process, and the thread there that the turn is for. */
export interface Place {
  readonly lease: Lease<CodexConnection>;
  readonly thread: Thread;
  /** The turn in it that waits for the results of functions: it has its place still. */
  readonly held?: RunningTurn | undefined;
}

/** The threads kept for their conversation's next turn. */
export class Conversations {
  readonly #live: LiveEntries<Place>;

  constructor(pool: ProcessPool) {
    this.#live = pool.threads(
      ({ lease }) => lease.child.alive,
      // A thread cannot be closed: it goes with its process. A turn can.
      ({ held }) => held?.leave(),
    );
  }

  keep(affinity: Affinity, place: Place): void {
    const key = affinity.keepKey();
    if (key === undefined) place.held?.leave();
    else this.#live.keep(key, place);
  }

  /** Where the conversation goes on; undefined where its process is gone, or about to go. */
  take(affinity: Affinity): Place | undefined {
    // A name costs a hash of the whole conversation.
    const resumeKey = this.#live.size > 0 ? affinity.resumeKey : undefined;
    const kept = resumeKey === undefined ? undefined : this.#live.take(resumeKey);
    if (!kept || kept.held) return kept;
    const lease = kept.lease.again();
    return lease && { lease, thread: kept.thread };
  }
}
