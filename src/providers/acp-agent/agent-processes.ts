import { waryModeOf } from './wary-mode.js';
import { AgentConnection, type AgentSession, type SessionOptions } from '../../acp/agent-connection.js';
import { type RunningPrompt } from '../../acp/running-prompt.js';
import { packageVersion } from '../../config/package-version.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type Usage } from '../../kernel/usage.js';
import { type Child } from '../../process-pool/child.js';
import { type ChildExit } from '../../process-pool/child-exit.js';
import { type ExclusivePool } from '../../process-pool/exclusive-pool.js';
import { type LaunchSpec } from '../../process-pool/launch-spec.js';
import { type ProcessPool } from '../../process-pool/process-pool.js';
import { type ToolSession } from '../../tool-bridge/tool-session.js';

/** Agents are programs of some size: a second to start is usual. */
const WARM_AFTER_MS = 1000;

/** A turn that waits for the result of a function, and what the client was told that its answers have cost. */
export interface HeldPrompt {
  readonly running: RunningPrompt;
  readonly spent: Usage | undefined;
}

/** A process of the agent and the one conversation that it serves. */
export interface OpenAgent {
  readonly child: Child;
  readonly connection: AgentConnection;
  /** Replaced once by a session with the system texts, where the agent takes them so, and the client's functions. */
  session: AgentSession;
  /** The functions that the session knows. */
  tools?: ToolSession;
  /** The turn that waits for the result of a function. */
  held?: HeldPrompt | undefined;
  /** Whether it was asked for an effort that it has no level for. */
  deaf: boolean;
  /** What it did beside talking in the turn that runs, or asked for in vain: for the log. */
  readonly acts: Set<string>;
}

/** Distinct things that are remembered of one turn. */
const MAX_ACTS = 20;

export interface AgentProcessesOptions {
  readonly spec: LaunchSpec;
  readonly warm: number;
  /** For the handshake and for the session, each. */
  readonly timeoutMs: number;
  readonly observer: {
    readonly opened: (agent: OpenAgent) => void;
    /** It could not be opened, for a reason of its own. */
    readonly failed: (error: unknown) => void;
    /** A process printed what is none of the protocol; told once of each. */
    readonly noise: () => void;
  };
}

const never = new AbortController().signal;

/** The processes of one agent. Those that wait have shaken hands and opened their session: a turn pays its prompt alone. */
export class AgentProcesses {
  readonly #options: AgentProcessesOptions;
  readonly #spares: ExclusivePool;
  readonly #openings = new WeakMap<Child, Promise<OpenAgent>>();
  readonly #running = new Set<Promise<OpenAgent>>();

  constructor(pool: ProcessPool, options: AgentProcessesOptions) {
    this.#options = options;
    const onLaunch = (child: Child): void => {
      this.#begin(child);
    };
    this.#spares = pool.exclusive(options.spec, { warm: options.warm, warmAfterMs: WARM_AFTER_MS, onLaunch });
  }

  warmUp(): void {
    this.#spares.warmUp();
  }

  /** One with a session in which nothing was said. It is the caller's to end. @throws what it could not be opened for; the signal's reason */
  async take(signal: AbortSignal): Promise<OpenAgent> {
    const child = await this.#spares.take(signal);
    return this.#opened(child, signal);
  }

  /** Looks whether one can be opened: by one that is being opened anyway, else by one that is ended then. */
  async probe(): Promise<void> {
    const [running] = this.#running;
    if (running) {
      await running;
      return;
    }
    const { child } = await this.take(never);
    void child.end('finished', { gentle: false });
  }

  /** Ends those that wait, and starts no more. */
  drain(): Promise<void> {
    return this.#spares.drain();
  }

  #begin(child: Child): void {
    const opening = this.#open(child);
    this.#openings.set(child, opening);
    this.#running.add(opening);
    opening
      .catch(() => undefined) // the observer knows, and who takes the child will
      .finally(() => this.#running.delete(opening));
  }

  async #open(child: Child): Promise<OpenAgent> {
    const { spec, timeoutMs, observer } = this.#options;
    try {
      const acts = new Set<string>();
      let noise = false;
      const connection = await AgentConnection.open(child, {
        name: spec.name,
        version: packageVersion,
        timeoutMs,
        observer: {
          refused: (method) => {
            if (acts.size < MAX_ACTS) acts.add(method.slice(0, 100));
          },
          noise: () => {
            if (!noise) observer.noise();
            noise = true;
          },
        },
      });
      const agent: OpenAgent = { child, connection, session: await openSession(connection, { cwd: child.folder.work }), deaf: false, acts };
      observer.opened(agent);
      return agent;
    } catch (error) {
      if (!isOurs(error)) observer.failed(error);
      void child.end('failed', { gentle: false });
      throw error;
    }
  }

  /** The open agent of a child; whoever does not wait for it ends it. */
  #opened(child: Child, signal: AbortSignal): Promise<OpenAgent> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        void child.end('cancelled', { gentle: false });
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- an AbortSignal's reason may be anything
        reject(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      (this.#openings.get(child) ?? Promise.reject(new Error('a process that nobody opened'))).then(resolve, reject).finally(() => {
        signal.removeEventListener('abort', leave);
      });
    });
  }
}

/** A new session in which the agent does nothing on its own, as far as it has such a mode. */
export async function openSession(connection: AgentConnection, options: SessionOptions): Promise<AgentSession> {
  const session = await connection.newSession(options);
  const modeId = waryModeOf(session.raw, options.tools !== undefined);
  if (modeId !== undefined) await connection.request('session/set_mode', { sessionId: session.id, modeId }, { signal: options.signal });
  return session;
}

/** Whether it was the gateway that ended the process. */
function isOurs(error: unknown): boolean {
  const reason = error instanceof GatewayError ? (error.cause as ChildExit | undefined)?.reason : undefined;
  return reason !== undefined && reason !== 'mute';
}
