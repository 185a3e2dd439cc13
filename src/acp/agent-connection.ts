import { type ContentBlock } from '@agentclientprotocol/sdk';
import { CancelIgnored } from './acp-error.js';
import { AgentWire, type AgentWireOptions, type RequestOptions } from './agent-wire.js';
import { type AgentCapabilities, readCapabilities } from './capabilities.js';
import { levelOf } from './effort-levels.js';
import { agentMethods, PROTOCOL_VERSION } from './protocol.js';
import { Repetition } from './repetition.js';
import { selectOptionOf } from './select-option.js';
import { modelsOf, type SessionModels } from './session-models.js';
import { type SessionUpdate } from './session-update.js';
import { type ReasoningEffort } from '../kernel/completion-request.js';
import { type Flow } from '../kernel/flow.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type Fields, fieldsOf, textOf } from '../kernel/read-value.js';
import { type Child } from '../process-pool/child.js';
import { type ToolSession } from '../tool-bridge/tool-session.js';

/** How long an agent may take to give up a cancelled turn. */
const CANCEL_GRACE_MS = 2000;
/** How long an agent may take to repeat a session, after it has opened it. */
const REPETITION_MS = 5000;

export interface AgentConnectionOptions extends AgentWireOptions {
  /** The gateway's own. */
  readonly version: string;
  /** Gives up the handshake. */
  readonly signal?: AbortSignal;
}

export interface SessionOptions {
  /** An absolute path. */
  readonly cwd: string;
  /** Functions that the agent's model may call in the session: the only thing that the agent is allowed. */
  readonly tools?: ToolSession | undefined;
  /** Only for an agent whose capabilities have it. */
  readonly systemPrompt?: string;
  readonly signal?: AbortSignal;
}

export interface LoadOptions extends SessionOptions {
  /** How many messages of the session the agent repeats. It may answer before it has come to the last of them, which would pass for the next answer then. */
  readonly repeats?: number;
}

export interface AgentSession {
  readonly id: string;
  /** Kept up to date by `selectModel`. */
  models: SessionModels;
  /** All that the agent said of the session, its settings kept up to date. */
  raw: Fields;
}

export interface PromptOptions {
  /** Each update of the session, in order, all before the result. Must not throw. */
  readonly onUpdate: (update: SessionUpdate) => void;
  /** Cancels the turn at the agent. */
  readonly signal: AbortSignal;
  readonly cancelGraceMs?: number;
}

export interface PromptResult {
  /** `cancelled` where the turn was. */
  readonly stopReason: string;
  /** All that the agent said at the end; see `readUsage`. */
  readonly raw: unknown;
}

/**
 * One agent's process as a peer of the Agent Client Protocol, for as long as the process lives. It offers the agent nothing: no files, no terminal,
 * no permission but for the functions of its sessions. Requests reject with an `AcpError` where the agent refuses, and with the `GatewayError` of the child where it ends.
 */
export class AgentConnection {
  readonly capabilities: AgentCapabilities;
  readonly agent: { readonly name: string | undefined; readonly version: string | undefined };

  /**
   * Shakes hands with a new child. The child stays the caller's to end, also where this fails.
   *
   * @throws AcpError, or GatewayError `cli_failed` where it does not answer, or in another version of the protocol; the signal's reason
   */
  static async open(child: Child, options: AgentConnectionOptions): Promise<AgentConnection> {
    const { name, version, signal } = options;
    const wire = await AgentWire.over(child, options);
    const params = { protocolVersion: PROTOCOL_VERSION, clientCapabilities: {}, clientInfo: { name: 'shellm', title: 'SheLLM', version } };
    const hello = await wire.request(agentMethods.initialize, params, { signal });
    const { protocolVersion } = fieldsOf(hello);
    if (protocolVersion !== PROTOCOL_VERSION)
      throw failed(name, `speaks version ${JSON.stringify(protocolVersion ?? null).slice(0, 20)} of the Agent Client Protocol, not ${PROTOCOL_VERSION}`);
    return new AgentConnection(child, wire, name, hello);
  }

  private constructor(
    private readonly child: Child,
    private readonly wire: AgentWire,
    private readonly name: string,
    hello: unknown,
  ) {
    this.capabilities = readCapabilities(hello);
    const info = fieldsOf(fieldsOf(hello)['agentInfo']);
    this.agent = { name: textOf(info['name']), version: textOf(info['version']) };
  }

  /** Pauses the process's stdout: for an agent that serves one session. */
  get flow(): Flow {
    return this.wire.flow;
  }

  get alive(): boolean {
    return this.wire.alive && this.child.alive;
  }

  /** Resolves with what ended it. Never rejects. */
  get closed(): Promise<unknown> {
    return this.wire.closed;
  }

  newSession({ signal, ...options }: SessionOptions): Promise<AgentSession> {
    return this.#session(agentMethods.newSession, undefined, options, signal);
  }

  /** Goes on with a session of the agent's own memory, when it has repeated what it is said to repeat; that is dropped. @throws GatewayError where it does not */
  loadSession(id: string, { signal, repeats = 0, ...options }: LoadOptions): Promise<AgentSession> {
    const repetition = new Repetition(repeats);
    const see = (update: SessionUpdate): void => {
      repetition.see(update);
    };
    return this.wire.listen(id, see, async () => {
      const session = await this.#session(agentMethods.loadSession, id, options, signal);
      if (!(await repetition.within(REPETITION_MS))) throw failed(this.name, 'did not repeat the session that it opened');
      return session;
    });
  }

  /** Nothing where the agent cannot do it. */
  async closeSession(id: string): Promise<void> {
    if (this.capabilities.closeSession) await this.wire.request(agentMethods.closeSession, { sessionId: id });
  }

  /** False: the session has no such model. */
  async selectModel(session: AgentSession, model: string, signal?: AbortSignal): Promise<boolean> {
    const { available, current, choose } = session.models;
    if (model === current) return true;
    if (!choose || !available.includes(model)) return false;
    const { method, params } = choose(session.id, model);
    takeSettings(session, await this.wire.request(method, params, { signal }));
    session.models = { ...session.models, current: model };
    return true;
  }

  /** How hard the model thinks, in the agent's own levels. False: the session has none for it. */
  async selectEffort(session: AgentSession, effort: ReasoningEffort, signal?: AbortSignal): Promise<boolean> {
    const option = selectOptionOf(session.raw, 'thought_level');
    const value = option && levelOf(effort, option.values);
    if (value === undefined) return false;
    if (value === option?.current) return true;
    const params = { sessionId: session.id, configId: option?.configId, value };
    takeSettings(session, await this.wire.request(agentMethods.setConfigOption, params, { signal }));
    return true;
  }

  /**
   * One turn. Where its signal aborts it, the agent is told, its updates are dropped, and its result is waited for.
   *
   * @throws CancelIgnored where the agent goes on with a cancelled turn: the caller has to end the child
   */
  prompt(sessionId: string, blocks: readonly ContentBlock[], { onUpdate, signal, cancelGraceMs = CANCEL_GRACE_MS }: PromptOptions): Promise<PromptResult> {
    return this.wire.listen(sessionId, onUpdate, async (stopListening) => {
      signal.throwIfAborted();
      const giveUp = new AbortController();
      let timer: NodeJS.Timeout | undefined;
      const cancel = (): void => {
        stopListening();
        this.notify(agentMethods.cancel, { sessionId });
        timer = setTimeout(() => {
          giveUp.abort(new CancelIgnored());
        }, cancelGraceMs);
      };
      signal.addEventListener('abort', cancel, { once: true });
      try {
        const raw = await this.wire.request(agentMethods.prompt, { sessionId, prompt: blocks }, { signal: giveUp.signal, timeoutMs: Infinity });
        return { stopReason: textOf(fieldsOf(raw)['stopReason']) ?? 'end_turn', raw };
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', cancel);
      }
    });
  }

  /** For what is not of the stable protocol. */
  request(method: string, params: object, options: RequestOptions = {}): Promise<unknown> {
    return this.wire.request(method, params, options);
  }

  notify(method: string, params: object): void {
    this.wire.notify(method, params);
  }

  async #session(method: string, known: string | undefined, { cwd, tools, systemPrompt }: SessionOptions, signal: AbortSignal | undefined): Promise<AgentSession> {
    const mode = this.capabilities.systemPrompt;
    const system = systemPrompt === undefined || mode === undefined ? {} : { systemPrompt: { mode, content: [{ type: 'text', text: systemPrompt }] } };
    const mcpServers = tools ? [tools.server] : [];
    const raw = await this.wire.request(method, { ...(known === undefined ? {} : { sessionId: known }), cwd, mcpServers, ...system }, { signal });
    const id = known ?? textOf(fieldsOf(raw)['sessionId']);
    if (id === undefined) throw failed(this.name, 'opened a session without an id');
    if (tools) this.wire.allow(id, tools);
    return { id, models: modelsOf(raw), raw: fieldsOf(raw) };
  }
}

/** One setting may change what there is to choose of another: the answer has all of them. */
function takeSettings(session: AgentSession, answer: unknown): void {
  const { configOptions } = fieldsOf(answer);
  if (configOptions !== undefined) session.raw = { ...session.raw, configOptions };
}

function failed(name: string, what: string): GatewayError {
  return new GatewayError('cli_failed', `${name} ${what}.`);
}
