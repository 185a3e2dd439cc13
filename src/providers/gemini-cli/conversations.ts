import { type GeminiConnection } from './gemini-connection.js';
import { type PromptCost } from './prompt-cost.js';
import { type AgentSession } from '../../acp/agent-connection.js';
import { type RunningPrompt } from '../../acp/running-prompt.js';
import { type LiveEntries } from '../../process-pool/live-entries.js';
import { type ProcessPool } from '../../process-pool/process-pool.js';
import { type Lease } from '../../process-pool/shared-process.js';
import { type ToolSession } from '../../tool-bridge/tool-session.js';
import { type Affinity } from '../provider.js';

/** A turn that waits for the result of a function, and what its answers have cost. */
interface HeldPrompt {
  readonly running: RunningPrompt;
  readonly cost: PromptCost;
}

/** A place in a process, and the session there that knows the conversation. */
export interface Place {
  readonly lease: Lease<GeminiConnection>;
  readonly session: AgentSession;
  /** The functions that the session knows. */
  readonly tools: ToolSession | undefined;
  /** The turn in it that waits for the result of a function: it has its place still. */
  readonly held?: HeldPrompt | undefined;
}

/** The sessions kept for their conversation's next turn. A session cannot be closed: it goes with its process. */
export class Conversations {
  readonly #live: LiveEntries<Place>;

  constructor(pool: ProcessPool) {
    this.#live = pool.threads(({ lease }) => lease.child.alive, drop);
  }

  keep(affinity: Affinity, place: Place): void {
    const key = affinity.keepKey();
    if (key === undefined) drop(place);
    else this.#live.keep(key, place);
  }

  /**
   * Where the conversation goes on; undefined where its process is gone, or about to go.
   *
   * @param says whether there is something to say there: without it only a turn that is held is given
   */
  take(affinity: Affinity, says: boolean): Place | undefined {
    // A name costs a hash of the whole conversation.
    const resumeKey = this.#live.size > 0 ? affinity.resumeKey : undefined;
    const kept = resumeKey === undefined ? undefined : this.#live.take(resumeKey);
    if (!kept || kept.held) return kept;
    const lease = says ? kept.lease.again() : undefined;
    if (!lease) drop(kept);
    return lease && { ...kept, lease };
  }
}

function drop({ held, tools }: Place): void {
  // A turn that is given up closes its functions when the CLI has let go of them.
  if (held) held.running.leave();
  else tools?.close();
}
