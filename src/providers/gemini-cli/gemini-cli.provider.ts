import { Inject, Injectable } from '@nestjs/common';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Observable, type Subscriber } from 'rxjs';
import { LOGIN_UNCHECKED, NO_KEY, NOT_ALLOWED, NO_VERTEX, NOT_INSTALLED, NOT_LOGGED_IN, tooOld } from './advice.js';
import { Conversations, type Place } from './conversations.js';
import { converse, resume, type TurnObserver } from './converse.js';
import { encodeConversation, encodeNextTurn, type TurnScript } from './encode-turn.js';
import { deaf, DeafProcess } from './deaf-process.js';
import { GeminiConnection, type Opened } from './gemini-connection.js';
import { argumentsOf, declared, SERVER } from './functions.js';
import { installationOf } from './installation-of.js';
import { DEFAULT_MODEL, NAME, passedOn, routes, serverProcess } from './launch.js';
import { authTypeOf, type AuthType, hasCredentials } from './login.js';
import { badLogin, mapError } from './map-error.js';
import { findProgram, type Program } from './program.js';
import { PromptCost } from './prompt-cost.js';
import { scaffoldBytes } from './scaffold-bytes.js';
import { GeminiCliSettings } from './settings.js';
import { type AgentSession } from '../../acp/agent-connection.js';
import { RunningPrompt } from '../../acp/running-prompt.js';
import { ENVIRONMENT, type Environment } from '../../config/environment.js';
import { refuseOwnAddress } from '../../config/own-address.js';
import { ServerSettings } from '../../config/server-settings.js';
import { type Capabilities } from '../../kernel/capabilities.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type StreamEvent } from '../../kernel/stream-event.js';
import { LOG, type Log } from '../../observability/log.js';
import { type Child } from '../../process-pool/child.js';
import { type ChildExit } from '../../process-pool/child-exit.js';
import { ProcessPool } from '../../process-pool/process-pool.js';
import { type Lease } from '../../process-pool/shared-process.js';
import { type SharedPool } from '../../process-pool/shared-pool.js';
import { unlessAborted } from '../../process-pool/unless-aborted.js';
import { bufferWhilePaused } from '../../streaming/buffer-while-paused.js';
import { ToolBridge } from '../../tool-bridge/tool-bridge.js';
import { type ToolSession } from '../../tool-bridge/tool-session.js';
import { type Installation } from '../installation.js';
import { isAtLeast, minimumVersions } from '../minimum-versions.js';
import { orAfresh } from '../or-afresh.js';
import { type Provider, type ProviderStatus, type Turn } from '../provider.js';
import { slottedTurn } from '../slotted-turn.js';

/** A session keeps its memory, a third of a megabyte, as long as its process lives. */
const LIMITS = { maxUses: 200, maxRssBytes: 700 * 1024 ** 2, maxAgeMs: 12 * 3_600_000, connectTimeoutMs: 60_000 };
/** Characters of an answer that wait for a slow client. */
const MAX_HELD = 8 * 1024 ** 2;
/** How long a login that the vendor refused counts as bad: nobody tells the gateway of a new one. */
const REFUSED_MS = 60_000;
/** The CLI's exit code where it cannot log in. */
const NO_LOGIN = 41;

/** Gemini CLI as a plain chat model: one process for all chats, a session for each. */
@Injectable()
export class GeminiCliProvider implements Provider {
  readonly id = 'gemini';
  readonly kind = 'cli';
  readonly defaultModel = DEFAULT_MODEL;
  readonly passesAnyModel = false;
  readonly formats = [];
  readonly configured: boolean;
  readonly scaffoldBytes = scaffoldBytes;
  readonly capabilities: Capabilities = {
    streaming: 'native',
    system: 'emulated',
    tools: 'native',
    json_schema: 'emulated',
    images: 'native',
    files: 'none',
    reasoning: 'native',
    stop: 'emulated',
    max_tokens: 'emulated',
    usage: 'native',
    sessions: 'native',
  };
  readonly #program: Program | undefined;
  readonly #chats: SharedPool<GeminiConnection> | undefined;
  readonly #conversations: Conversations;
  readonly #auth: AuthType;
  readonly #credentials: () => boolean;
  readonly #userFolder: string;
  #models: readonly string[] = [DEFAULT_MODEL];
  /** What keeps the installed program from serving at all. */
  #problem: string | undefined;
  #refusedAt = -Infinity;

  constructor(
    private readonly pool: ProcessPool,
    private readonly bridge: ToolBridge,
    private readonly settings: GeminiCliSettings,
    @Inject(LOG) private readonly log: Log,
    @Inject(ENVIRONMENT) environment: Environment,
    server: ServerSettings,
  ) {
    refuseOwnAddress('GOOGLE_GEMINI_BASE_URL', environment['GOOGLE_GEMINI_BASE_URL'], server);
    const env = pool.isolation.environment(environment, [...passedOn, ...settings.passedOn]);
    const userFolder = join(environment['GEMINI_CLI_HOME'] ?? env['HOME'] ?? homedir(), '.gemini');
    this.#userFolder = userFolder;
    this.#auth = authTypeOf(env);
    this.#credentials = () => hasCredentials(this.#auth, env, userFolder);
    this.#program = findProgram(settings.bin ?? 'gemini', environment['PATH']);
    this.configured = this.#program !== undefined;
    this.#problem = this.#program ? versionProblem(this.#program.version) : NOT_INSTALLED;
    this.#chats = this.#program && this.#share(serverProcess(this.#program, env, this.#auth, userFolder));
    this.#conversations = new Conversations(pool);
  }

  start(): void {
    const problem = this.#whyNot();
    if (!this.#program || problem !== undefined) {
      if (this.#program) this.log.warn(problem);
      return;
    }
    this.log.info({ version: this.#program.version }, `Gemini CLI is ready; ${this.billsSubscription() ? 'the subscription of its login' : 'an API key'} is billed`);
    this.#chats?.warmUp();
  }

  models(): readonly string[] {
    return this.#models;
  }

  usable(): boolean {
    return this.#whyNot() === undefined;
  }

  get whatToDo(): string {
    return this.#whyNot() ?? NOT_LOGGED_IN;
  }

  billsSubscription(): boolean {
    return this.#auth === 'oauth-personal';
  }

  status(): Promise<ProviderStatus> {
    const detail = this.#whyNot();
    const installed = this.#program !== undefined;
    const auth = installed && this.#credentials() ? { auth: this.billsSubscription() ? ('subscription' as const) : ('api_key' as const) } : {};
    if (detail === undefined) return Promise.resolve({ status: 'ready', installed, authenticated: true, ...auth });
    return Promise.resolve({ status: 'unavailable', installed, authenticated: false, ...auth, detail });
  }

  installation(): Installation {
    return installationOf(this.#program, this.#auth, this.#userFolder);
  }

  stream(turn: Turn): Observable<StreamEvent> {
    return slottedTurn(
      this.pool,
      turn,
      () => ({ chats: this.#ready(turn.model), script: encodeConversation(turn.request) }),
      (prepared, subscriber, signal) => this.#run(turn, prepared, subscriber, signal),
    );
  }

  async #run(turn: Turn, prepared: { chats: SharedPool<GeminiConnection>; script: TurnScript }, subscriber: Subscriber<StreamEvent>, signal: AbortSignal): Promise<void> {
    const fresh = (): Promise<Observable<StreamEvent>> => this.#fresh(turn, prepared.chats, prepared.script, signal);
    const next = turn.affinity.resumeKey === undefined ? undefined : encodeNextTurn(turn.request);
    const place = this.#conversations.take(turn.affinity, next !== undefined);
    const live = place && this.#goOn(turn, place, prepared.script, next);
    const events = live ? orAfresh(live, fresh) : await fresh();
    subscriber.add(events.pipe(bufferWhilePaused(turn.flow, MAX_HELD)).subscribe(subscriber));
  }

  /** In the session that knows the conversation; undefined where its turn waits for another thing than the request brings. */
  #goOn(turn: Turn, place: Place, script: TurnScript, next: TurnScript | undefined): Observable<StreamEvent> | undefined {
    const { held } = place;
    if (held) return resume(held.running, script, turn, this.#observer(turn, place, held.cost));
    return next && this.#turn(turn, place, next);
  }

  async #fresh(turn: Turn, chats: SharedPool<GeminiConnection>, script: TurnScript, signal: AbortSignal): Promise<Observable<StreamEvent>> {
    try {
      return await this.#open(turn, chats, script, signal);
    } catch (error) {
      if (error instanceof DeafProcess) return this.#open(turn, chats, script, signal);
      throw error;
    }
  }

  /** @throws DeafProcess where another process may do better */
  async #open(turn: Turn, chats: SharedPool<GeminiConnection>, script: TurnScript, signal: AbortSignal): Promise<Observable<StreamEvent>> {
    let lease: Lease<GeminiConnection> | undefined;
    let opened: Opened | undefined;
    let tools: ToolSession | undefined;
    try {
      lease = await chats.lease(signal);
      tools = await this.#functionsOf(script);
      opened = await this.#opened(lease, script, turn.model, tools, signal);
      if (tools?.listed === false) throw deaf(lease);
      return this.#turn(turn, { lease, session: opened.session, tools }, opened.script);
    } catch (error) {
      tools?.close();
      lease?.release();
      if (lease && opened) this.#tidyUp(lease, opened.session);
      throw signal.aborted || error instanceof DeafProcess ? error : this.#failed(error, turn.model);
    }
  }

  /** Who leaves while the CLI opens a chat, one after the other, gives his place back at once: a process in a bad way may end then. */
  async #opened(lease: Lease<GeminiConnection>, script: TurnScript, model: string, tools: ToolSession | undefined, signal: AbortSignal): Promise<Opened> {
    const opening = lease.connection.openFor(script, model, tools);
    try {
      return await unlessAborted(opening, signal);
    } catch (error) {
      if (signal.aborted)
        opening.then(
          ({ session }) => {
            this.#tidyUp(lease, session);
          },
          () => undefined,
        );
      throw error;
    }
  }

  async #functionsOf({ tools }: TurnScript): Promise<ToolSession | undefined> {
    return tools.length === 0 ? undefined : this.bridge.open(SERVER, declared(tools));
  }

  #turn(turn: Turn, place: Place, script: TurnScript): Observable<StreamEvent> {
    const { lease, session, tools } = place;
    const running = new RunningPrompt(lease.connection.agent, {
      name: NAME,
      sessionId: session.id,
      tools,
      argumentsOf: (call) => argumentsOf(call, script.tools),
      ended: (settled) => {
        if (!settled) lease.condemn();
        lease.release();
        this.#tidyUp(lease, session);
      },
    });
    return converse(running, script, turn, this.#observer(turn, place, new PromptCost()));
  }

  #observer(turn: Turn, { lease, session, tools }: Place, cost: PromptCost): TurnObserver {
    const { files } = lease.connection;
    return {
      sessionId: session.id,
      cost,
      tokens: async () => {
        const notes = await files.tokens(session.id);
        await files.remove(session.id);
        return notes;
      },
      answered: (running) => {
        this.#refusedAt = -Infinity;
        this.#conversations.keep(turn.affinity, { lease, session, tools, held: running && { running, cost } });
      },
      mapError: (error) => {
        void files.removeDumps();
        return this.#failed(error, turn.model);
      },
    };
  }

  /** After a turn: what was said leaves the disk, and the next chat finds its session ready. */
  #tidyUp({ child, connection }: Lease<GeminiConnection>, session: AgentSession): void {
    if (!child.alive) return;
    void connection.files.remove(session.id);
    connection.fill();
  }

  #failed(error: unknown, model: string): GatewayError {
    const failure = mapError(error, model, this.#auth);
    // One model that the account may not use says nothing of the others.
    if (failure.code === 'provider_unavailable' && failure.shouldRetry === false && failure.message !== NOT_ALLOWED) this.#refusedAt = performance.now();
    return failure;
  }

  #share(launch: ReturnType<typeof serverProcess>): SharedPool<GeminiConnection> {
    return this.pool.shared({
      launch,
      connect: async (child, signal) => {
        const connection = await GeminiConnection.open(child, this.log, signal).catch((error: unknown) => {
          throw this.#whyNotOpened(error, child);
        });
        this.#examine(connection);
        connection.fill();
        return connection;
      },
      ...LIMITS,
    });
  }

  /** Without a good login with Google the CLI does not say no: it waits for somebody to log in, or gives up. */
  #whyNotOpened(error: unknown, child: Child): unknown {
    if (this.#auth !== 'oauth-personal' || !(error instanceof GatewayError) || error.code !== 'cli_failed') return error;
    return child.alive || (error.cause as ChildExit | undefined)?.exitCode === NO_LOGIN
      ? new GatewayError('provider_unavailable', LOGIN_UNCHECKED, { shouldRetry: false, cause: error })
      : error;
  }

  /** What a process tells of itself: its version, where its package did not, and its models. @throws GatewayError for one that is too old */
  #examine(connection: GeminiConnection): void {
    this.#problem ??= versionProblem(connection.agent.agent.version);
    if (this.#problem !== undefined) throw new GatewayError('provider_unavailable', this.#problem, { shouldRetry: false });
    connection.models().then(
      (models) => {
        this.#models = [DEFAULT_MODEL, ...models.filter((model) => model !== DEFAULT_MODEL)];
      },
      () => undefined, // it goes without
    );
  }

  /** @throws GatewayError where the provider cannot serve, with what to do */
  #ready(model: string): SharedPool<GeminiConnection> {
    const problem = this.#whyNot();
    if (!this.#chats || problem !== undefined) throw new GatewayError('provider_unavailable', problem ?? NOT_INSTALLED, { retryAfter: 60, shouldRetry: false });
    if (!/^[\w.:/@-]{1,200}$/.test(model)) throw new GatewayError('model_not_found', `Gemini has no model "${model.slice(0, 80)}".`, { param: 'model' });
    if (routes(model)) throw new GatewayError('model_not_found', `Gemini's choice of a model ("${model}") costs a call of its own: name one.`, { param: 'model' });
    return this.#chats;
  }

  /** Why it cannot serve; from memory, and a look at the login's files. */
  #whyNot(): string | undefined {
    if (this.#problem !== undefined) return this.#problem;
    if (!this.#credentials()) return this.#auth === 'vertex-ai' ? NO_VERTEX : NOT_LOGGED_IN;
    if (performance.now() - this.#refusedAt < REFUSED_MS) return badLogin(this.#auth);
    return this.billsSubscription() && !this.settings.subscriptions ? NO_KEY : undefined;
  }
}

function versionProblem(version: string | undefined): string | undefined {
  return version === undefined || isAtLeast(version, minimumVersions.gemini) ? undefined : tooOld(version);
}
