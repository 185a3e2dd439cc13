import { type Ready } from './converse.js';
import { type PendingCall } from './function-server.js';
import { type TurnSettings } from './turn-settings.js';
import { type Child } from '../../process-pool/child.js';
import { type LiveProcesses } from '../../process-pool/live-processes.js';
import { type Affinity } from '../provider.js';

/** A process that holds a conversation, and what it was last told. */
export interface ConversationProcess {
  readonly child: Child;
  readonly settings: TurnSettings;
}

/** One that was kept, and the calls whose results it waits for. */
export interface KeptProcess extends ConversationProcess {
  readonly calls: readonly PendingCall[];
}

interface Kept {
  readonly settings: TurnSettings;
  /** Undefined: it did not come to the end of its turn. */
  readonly settled: Promise<Ready | undefined>;
}

/** The processes kept for their conversation's next turn. */
export class Conversations {
  readonly #kept = new WeakMap<Child, Kept>();

  constructor(private readonly live: LiveProcesses) {}

  /** Keeps the process, or ends it: where the client's conversation has no name, or the process does not settle. */
  keep(affinity: Affinity, { child, settings }: ConversationProcess, settled: Promise<Ready | undefined> | undefined): void {
    // A name costs a hash of the whole conversation: only where a process is to be found by it, here and below.
    const key = settled && this.live.limits.max > 0 ? affinity.keepKey() : undefined;
    if (key === undefined || !settled) {
      void child.end('finished');
      return;
    }
    // At once, not when it has settled: the next turn may be that quick.
    this.#kept.set(child, { settings, settled });
    this.live.keep(key, child);
    void settled.then((ready) => {
      if (!ready) void child.end('failed');
    });
  }

  /** The process that holds the conversation up to its last answer; undefined where there is none: then the history is told to another. */
  async take(affinity: Affinity): Promise<KeptProcess | undefined> {
    const resumeKey = this.live.size > 0 ? affinity.resumeKey : undefined;
    const child = resumeKey === undefined ? undefined : this.live.take(resumeKey);
    const kept = child && this.#kept.get(child);
    if (!kept) return undefined;
    const ready = await kept.settled;
    if (ready && child.alive) return { child, settings: kept.settings, calls: ready.calls };
    void child.end('failed');
    return undefined;
  }
}
