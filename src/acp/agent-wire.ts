import type * as sdk from '@agentclientprotocol/sdk';
import { toAcpError } from './acp-error.js';
import { AgentStream } from './agent-stream.js';
import { allowOnce, isOwnTool } from './own-tools.js';
import { clientMethods } from './protocol.js';
import { refusePermission } from './refuse-permission.js';
import { readUpdate, type SessionUpdate } from './session-update.js';
import { Flow } from '../kernel/flow.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type Child } from '../process-pool/child.js';
import { type ToolSession } from '../tool-bridge/tool-session.js';

interface AgentObserver {
  /** The agent asked for what a plain completion does not need (a tool, a file, a terminal), and was refused. */
  refused(method: string): void;
  /** A line that is none of the protocol. */
  noise(): void;
}

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  /** `Infinity`: as long as it takes. */
  readonly timeoutMs?: number | undefined;
}

export interface AgentWireOptions {
  /** Names the agent in errors: `Gemini CLI`. */
  readonly name: string;
  /** For every request that brings no time of its own. */
  readonly timeoutMs: number;
  readonly observer?: Partial<AgentObserver>;
}

type Listener = (update: SessionUpdate) => void;

/** The protocol with one process: requests and their answers, each session's updates to who listens, and a no to whatever the agent asks for. */
export class AgentWire {
  readonly flow = new Flow();
  readonly #connection: sdk.ClientConnection;
  readonly #listeners = new Map<string, Listener>();
  /** By the session that may call them. */
  readonly #tools = new Map<string, ToolSession>();

  /** Takes the child's output over. The protocol's library is loaded with the first agent: a gateway without one starts sooner, and smaller. */
  static async over(child: Child, options: AgentWireOptions): Promise<AgentWire> {
    return new AgentWire(child, options, await import('@agentclientprotocol/sdk'));
  }

  private constructor(
    child: Child,
    private readonly options: AgentWireOptions,
    { client, RequestError }: typeof sdk,
  ) {
    const { observer = {} } = options;
    const stream = new AgentStream(child, this.flow, {
      notified: (method, params) => {
        if (method === clientMethods.update) this.#update(params);
      },
      noise: () => observer.noise?.(),
    });
    this.#connection = client()
      .onRequest(clientMethods.requestPermission, ({ method, params }) => {
        const tools = this.#tools.get(params.sessionId);
        if (tools && isOwnTool(tools, params.toolCall)) return this.#allow(params);
        observer.refused?.(method);
        return refusePermission(params);
      })
      .onRequest('*', ({ method }) => {
        observer.refused?.(method);
        throw RequestError.methodNotFound(method);
      })
      .connect(stream);
  }

  get alive(): boolean {
    return !this.#connection.signal.aborted;
  }

  /** Resolves with what ended it. */
  get closed(): Promise<unknown> {
    const { signal, closed } = this.#connection;
    return closed.then(() => signal.reason as unknown);
  }

  /** @throws AcpError where the agent refuses, GatewayError `cli_failed` where it is silent, the child's error where it ends, the signal's reason */
  async request(method: string, params: object, { signal, timeoutMs = this.options.timeoutMs }: RequestOptions = {}): Promise<unknown> {
    signal?.throwIfAborted();
    const silent = new GatewayError('cli_failed', `${this.options.name} did not answer "${method}" within ${timeoutMs} ms.`);
    const answer = this.#connection.agent.request(method, params);
    return givenUp(answer, timeoutMs, silent, signal).catch((error: unknown) => {
      throw toAcpError(error);
    });
  }

  notify(method: string, params: object): void {
    this.#connection.agent.notify(method, params).catch(() => undefined); // of a process that is gone
  }

  /** Lets a session's agent call our functions, if it asks, until they are closed. */
  allow(sessionId: string, tools: ToolSession): void {
    this.#tools.set(sessionId, tools);
    tools.onClosed(() => {
      this.#tools.delete(sessionId);
    });
  }

  /** Gives `listener` the session's updates while `run` runs, or until it calls what it is given. One at a time. */
  async listen<T>(sessionId: string, listener: Listener, run: (stopListening: () => void) => Promise<T>): Promise<T> {
    if (this.#listeners.has(sessionId)) throw new Error('Two turns at once in one session of an agent.');
    this.#listeners.set(sessionId, listener);
    try {
      return await run(() => {
        this.#listeners.set(sessionId, () => undefined);
      });
    } finally {
      this.#listeners.delete(sessionId);
    }
  }

  /** Who asks tells of the call by the way, and some do not tell of it otherwise. */
  #allow(request: sdk.RequestPermissionRequest): sdk.RequestPermissionResponse {
    this.#listeners.get(request.sessionId)?.({ ...request.toolCall, sessionUpdate: 'tool_call' });
    return allowOnce(request);
  }

  #update(params: unknown): void {
    const { sessionId, update } = readUpdate(params) ?? {};
    if (sessionId !== undefined && update) this.#listeners.get(sessionId)?.(update);
  }
}

/** The promise, or what gives it up: the time or the signal. */
function givenUp<T>(promise: Promise<T>, timeoutMs: number, late: Error, signal: AbortSignal | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- an AbortSignal's reason may be anything
      reject(signal?.reason);
    };
    const timer =
      timeoutMs === Infinity
        ? undefined
        : setTimeout(() => {
            reject(late);
          }, timeoutMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    });
  });
}
