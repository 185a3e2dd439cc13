import { type CodexConnection } from './codex-program.js';
import { type Thread } from './converse.js';
import { type LiveEntries } from '../../process-pool/live-entries.js';
import { type ProcessPool } from '../../process-pool/process-pool.js';
import { type Lease } from '../../process-pool/shared-process.js';
import { type Affinity } from '../provider.js';

/** A place in a process, and the thread there that the turn is for. */
export interface Place {
  readonly lease: Lease<CodexConnection>;
  readonly thread: Thread;
}

/** The threads kept for their conversation's next turn. */
export class Conversations {
  readonly #live: LiveEntries<Place>;

  constructor(pool: ProcessPool) {
    // A thread cannot be closed: it goes with its process.
    this.#live = pool.threads(
      ({ lease }) => lease.child.alive,
      () => undefined,
    );
  }

  keep(affinity: Affinity, lease: Lease<CodexConnection>, thread: Thread): void {
    const key = affinity.keepKey();
    if (key !== undefined) this.#live.keep(key, { lease, thread });
  }

  /** Where the conversation goes on; undefined where its process is gone, or about to go. */
  take({ resumeKey }: Affinity): Place | undefined {
    const kept = resumeKey === undefined ? undefined : this.#live.take(resumeKey);
    const lease = kept?.lease.again();
    return kept && lease && { lease, thread: kept.thread };
  }
}
