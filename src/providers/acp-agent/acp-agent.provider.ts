import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import { type Observable, type Subscriber, tap } from 'rxjs';
import { labelOf, notInstalled, notTrusted, retired } from './advice.js';
import { AgentProcesses, type OpenAgent } from './agent-processes.js';
import { AgentState } from './agent-state.js';
import { type AgentTurn, converse, isProcessFailure, resume } from './converse.js';
import { encodePrompt, type PromptScript } from './encode-prompt.js';
import { introduce } from './introduce.js';
import { isLoginError, mapError } from './map-error.js';
import { type AgentConnection, type AgentSession } from '../../acp/agent-connection.js';
import { type AgentCapabilities } from '../../acp/capabilities.js';
import { type AgentEntry } from '../../config/file-settings.js';
import { type Capabilities } from '../../kernel/capabilities.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type StreamEvent } from '../../kernel/stream-event.js';
import { type Log } from '../../observability/log.js';
import { type Child } from '../../process-pool/child.js';
import { type ProcessPool } from '../../process-pool/process-pool.js';
import { type ToolBridge } from '../../tool-bridge/tool-bridge.js';
import { ignoredParameters } from '../cli-parameters.js';
import { orAfresh } from '../or-afresh.js';
import { type Affinity, type Provider, type ProviderStatus, type Turn } from '../provider.js';
import { slottedTurn } from '../slotted-turn.js';

/** Whatever the agent runs by itself: the one model of an agent that lets nobody choose, and the default while its models are not known. */
const OWN_MODEL = 'default';

export interface AgentSettings {
  readonly name: string;
  readonly entry: AgentEntry;
  /** The absolute path of its program; undefined where there is none. */
  readonly command: string | undefined;
  /** The whole environment of its processes. */
  readonly env: Readonly<Record<string, string>>;
  readonly warm: number;
}

/** Any agent that speaks the Agent Client Protocol: a process for each conversation, started and greeted before its request is known. */
export class AcpAgentProvider implements Provider {
  readonly id: string;
  readonly kind = 'cli';
  readonly passesAnyModel = false;
  readonly formats = [];
  readonly restricted = true;
  readonly configured: boolean;
  readonly #label: string;
  readonly #state: AgentState;
  /** Which process holds which conversation. */
  readonly #kept = new WeakMap<Child, OpenAgent>();
  #processes: AgentProcesses | undefined;
  #learned: { readonly capabilities: AgentCapabilities; readonly models: readonly string[]; readonly current: string | undefined } | undefined;
  /** Turns ran before it had told its models: the default keeps the name that they ran under, so that their conversations find their processes. */
  #ranUnnamed = false;
  #counts = false;
  #probing: Promise<void> | undefined;
  #retired = false;

  constructor(
    private readonly settings: AgentSettings,
    private readonly pool: ProcessPool,
    private readonly bridge: ToolBridge,
    private readonly log: Log,
  ) {
    const { name, command, entry } = settings;
    this.id = `acp/${name}`;
    this.#label = labelOf(name);
    // One that is not trusted is known and not meant to serve: /health does not miss it.
    this.configured = command !== undefined && (entry.trusted || pool.isolation.sandbox !== undefined);
    this.#state = new AgentState(this.#label);
  }

  get capabilities(): Capabilities {
    const { systemPrompt, images, mcpHttp } = this.#learned?.capabilities ?? {};
    return {
      streaming: 'native',
      system: systemPrompt === undefined ? 'emulated' : 'native',
      // Of one that is known: whether it connects to a tool server.
      tools: mcpHttp === false ? 'none' : 'emulated',
      json_schema: 'emulated',
      images: images === true ? 'native' : 'none',
      files: 'none',
      reasoning: 'native',
      stop: 'emulated',
      max_tokens: 'emulated',
      usage: this.#counts ? 'native' : 'emulated',
      sessions: 'emulated',
    };
  }

  get defaultModel(): string {
    return this.settings.entry.defaultModel ?? (this.#ranUnnamed ? undefined : this.#learned?.current) ?? OWN_MODEL;
  }

  get whatToDo(): string {
    return this.#problem ?? this.#state.problem ?? `${this.#label} is ready.`;
  }

  /** A reload took it away. */
  get retired(): boolean {
    return this.#retired;
  }

  /** It may have processes. */
  get started(): boolean {
    return this.#processes !== undefined;
  }

  start(): void {
    if (this.#problem !== undefined) return;
    this.#open().warmUp();
    // What it can do and which models it has is learnt by the way; where nothing is kept warm, by a look.
    if (this.settings.warm === 0) void this.#probe();
  }

  retire(): void {
    this.#retired = true;
    void this.close();
  }

  /** Ends what waits, and starts no more. */
  async close(): Promise<void> {
    await this.#processes?.drain();
  }

  models(): readonly string[] {
    return [...new Set([this.defaultModel, ...(this.#learned?.models ?? [])])];
  }

  usable(): boolean {
    return this.#problem === undefined && this.#state.problem === undefined;
  }

  async status(): Promise<ProviderStatus> {
    const problem = this.#problem;
    if (problem !== undefined) return { status: 'unavailable', installed: this.settings.command !== undefined, authenticated: false, detail: problem };
    if (this.#state.unknown) await this.#probe();
    if (this.#state.problem === undefined) return { status: 'ready', installed: true, authenticated: true };
    return { status: 'unavailable', installed: true, authenticated: !this.#state.loggedOut, detail: this.#state.problem };
  }

  stream(turn: Turn): Observable<StreamEvent> {
    return slottedTurn(
      this.pool,
      turn,
      () => this.#prepare(turn),
      (script, subscriber, signal) => this.#run(turn, script, subscriber, signal),
    );
  }

  /** @throws GatewayError for what it cannot serve, before it waits for a slot */
  #prepare({ request, model }: Turn): PromptScript {
    if (!this.usable()) throw new GatewayError('provider_unavailable', this.whatToDo, { retryAfter: 60, shouldRetry: false });
    if (this.#learned && model !== OWN_MODEL && !this.models().includes(model)) throw this.#noSuchModel(model);
    this.#ranUnnamed ||= !this.#learned && model === OWN_MODEL;
    return encodePrompt(request, { label: this.#label, images: this.#learned?.capabilities.images ?? true });
  }

  async #run(turn: Turn, script: PromptScript, subscriber: Subscriber<StreamEvent>, signal: AbortSignal): Promise<void> {
    const kept = this.#take(turn.affinity);
    const fresh = (): Promise<Observable<StreamEvent>> => this.#fresh(turn, script, signal);
    const live = kept && this.#goOn(kept, turn, script);
    const events = live ? orAfresh(live, fresh, isProcessFailure) : await fresh();
    subscriber.add(events.subscribe(subscriber));
  }

  /** In the process that knows the conversation; undefined where it waits for another thing than the request brings: then it is ended. */
  #goOn(agent: OpenAgent, turn: Turn, script: PromptScript): Observable<StreamEvent> | undefined {
    const { held } = agent;
    if (!held) return this.#watched(agent, converse(agent, script.turn, this.#turn(agent, turn, script)));
    const events = resume(agent, held, turn.request.messages, this.#turn(agent, turn, script));
    agent.held = undefined;
    if (!events) void agent.child.end('finished', { gentle: false });
    return events && this.#watched(agent, events);
  }

  async #fresh(turn: Turn, script: PromptScript, signal: AbortSignal): Promise<Observable<StreamEvent>> {
    const agent = await this.#open()
      .take(signal)
      .catch((error: unknown) => {
        throw mapError(error, this.#label);
      });
    try {
      const blocks = await introduce(agent, turn.request, script, { label: this.#label, bridge: this.bridge, signal });
      await this.#choose(agent, turn, signal);
      signal.throwIfAborted();
      return this.#watched(agent, converse(agent, blocks, this.#turn(agent, turn, script)));
    } catch (error) {
      void agent.child.end('failed', { gentle: false });
      throw mapError(error, this.#label);
    }
  }

  /** The request's model and effort. */
  async #choose(agent: OpenAgent, { request, model }: Turn, signal: AbortSignal): Promise<void> {
    const { connection, session } = agent;
    if (!this.#runsAnyway(model, session.models.available) && !(await connection.selectModel(session, model, signal))) throw this.#noSuchModel(model);
    if (request.reasoningEffort !== undefined) agent.deaf = !(await connection.selectEffort(session, request.reasoningEffort, signal));
  }

  /** Where there is no choice, the operator's name stands for whatever it runs. */
  #runsAnyway(model: string, available: readonly string[]): boolean {
    return !available.includes(model) && (model === OWN_MODEL || (available.length === 0 && model === this.defaultModel));
  }

  #noSuchModel(model: string): GatewayError {
    return new GatewayError('model_not_found', `${this.#label} has no model "${model.slice(0, 80)}". There is: ${this.models().join(', ').slice(0, 2000)}.`, { param: 'model' });
  }

  #turn(agent: OpenAgent, { request, model, flow, affinity }: Turn, { characters }: PromptScript): AgentTurn {
    const warnings = [...ignoredParameters(request), ...(agent.deaf ? [{ type: 'ignored-parameter', parameter: 'reasoning_effort' } as const] : [])];
    return {
      label: this.#label,
      start: { id: `acp-${randomUUID()}`, model: agent.session.models.current ?? model, warnings },
      characters,
      flow,
      answered: ({ counted, held }) => {
        this.#state.succeeded();
        this.#counts ||= counted;
        agent.held = held;
        this.#keep(affinity, agent);
      },
    };
  }

  /** What an answer tells of the agent beside its words. */
  #watched(agent: OpenAgent, events: Observable<StreamEvent>): Observable<StreamEvent> {
    return events.pipe(
      tap({
        error: (error: unknown) => {
          if (error instanceof GatewayError && isLoginError(error.cause)) this.#state.failed(error.cause);
        },
        finalize: () => {
          if (agent.acts.size > 0) this.log.warn({ provider: this.id, acts: [...agent.acts] }, 'an agent used tools of its own, or asked for some, in a plain completion');
          agent.acts.clear();
        },
      }),
    );
  }

  #keep(affinity: Affinity, agent: OpenAgent): void {
    const key = affinity.keepKey();
    if (key === undefined) {
      void agent.child.end('finished', { gentle: false });
      return;
    }
    this.#kept.set(agent.child, agent);
    this.pool.live.keep(key, agent.child);
  }

  #take(affinity: Affinity): OpenAgent | undefined {
    // A name costs a hash of the whole conversation.
    const resumeKey = this.pool.live.size > 0 ? affinity.resumeKey : undefined;
    const child = resumeKey === undefined ? undefined : this.pool.live.take(resumeKey);
    return child && this.#kept.get(child);
  }

  get #problem(): string | undefined {
    const { name, entry, command } = this.settings;
    if (this.#retired) return retired(this.#label);
    if (command === undefined) return notInstalled(name);
    return entry.trusted || this.pool.isolation.sandbox ? undefined : notTrusted(name);
  }

  /** Its processes: none is started before this is called. */
  #open(): AgentProcesses {
    const { entry, command = '', env, warm } = this.settings;
    this.#processes ??= new AgentProcesses(this.pool, {
      spec: { name: this.#label, group: this.id, command, args: entry.args, env, files: { write: entry.files.map((path) => path.replace(/^~(?=\/)/, env['HOME'] ?? homedir())) } },
      warm,
      timeoutMs: entry.initTimeoutMs,
      observer: {
        opened: ({ connection, session }) => {
          this.#learn(connection, session);
        },
        failed: (error) => {
          this.#state.failed(error);
          this.log.warn({ err: error, provider: this.id }, 'an agent did not open a session');
        },
        noise: () => {
          this.log.debug({ provider: this.id }, 'an agent printed a line that is none of its protocol');
        },
      },
    });
    return this.#processes;
  }

  #learn({ capabilities, agent }: AgentConnection, { models: { available, current } }: AgentSession): void {
    if (!this.#learned) this.log.info({ provider: this.id, agent, models: available.length }, `${this.#label} is ready`);
    this.#learned = { capabilities, models: available, current };
    this.#state.succeeded();
  }

  /** Looks whether it opens a session: costs no tokens. One look at a time; its outcome is the state. */
  #probe(): Promise<void> {
    this.#probing ??= this.#open()
      .probe()
      .catch(() => undefined)
      .finally(() => {
        this.#probing = undefined;
      });
    return this.#probing;
  }
}
