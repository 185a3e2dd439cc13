import { Inject, Injectable } from '@nestjs/common';
import { finalize, type Observable, type Subscriber, tap } from 'rxjs';
import { NO_KEY, NOT_INSTALLED, NOT_LOGGED_IN, NOT_STARTING, tooOld } from './advice.js';
import { CodexProgram } from './codex-program.js';
import { Conversations, type Place } from './conversations.js';
import { converse, resume, type TurnObserver } from './converse.js';
import { encodeConversation, encodeNextTurn, type TurnScript } from './encode-turn.js';
import { findProgram } from './find-program.js';
import { NAME, passedOn } from './launch.js';
import { Quota } from './quota.js';
import { refuseSecrets } from './refuse-secrets.js';
import { scaffoldBytes } from './scaffold-bytes.js';
import { isStrict } from './strict-schema.js';
import { CodexCliSettings } from './settings.js';
import { ENVIRONMENT, type Environment } from '../../config/environment.js';
import { refuseOwnAddress } from '../../config/own-address.js';
import { ServerSettings } from '../../config/server-settings.js';
import { type Capabilities } from '../../kernel/capabilities.js';
import { type FunctionTool, type ResponseFormat } from '../../kernel/completion-request.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type QuotaWindow } from '../../kernel/quota.js';
import { type StreamEvent } from '../../kernel/stream-event.js';
import { LOG, type Log } from '../../observability/log.js';
import { INVALID_REQUEST, JsonRpcError } from '../../process-pool/json-rpc-error.js';
import { ProcessPool } from '../../process-pool/process-pool.js';
import { bufferWhilePaused } from '../../streaming/buffer-while-paused.js';
import { type Installation } from '../installation.js';
import { isAtLeast, minimumVersions } from '../minimum-versions.js';
import { orAfresh } from '../or-afresh.js';
import { type Provider, type ProviderStatus, type Turn } from '../provider.js';
import { slottedTurn } from '../slotted-turn.js';
import { vendorWords } from '../vendor-words.js';

/** What the CLI of the minimum version prefers: until it has told it itself. */
const DEFAULT_MODEL = 'gpt-6.1-sol';
/** Characters of an answer that wait for a slow client. */
const MAX_HELD = 8 * 1024 ** 2;
/** How long a login that the vendor refused counts as bad: nobody tells the gateway of a new one. */
const REFUSED_MS = 60_000;

const LIMITS_EVERY_MS = 5 * 60_000;
const LIMITS_TIMEOUT_MS = 10_000;

/** Codex CLI as a plain chat model: one process for all chats, a thread for each. */
@Injectable()
export class CodexCliProvider implements Provider {
  readonly id = 'codex';
  readonly kind = 'cli';
  readonly passesAnyModel = false;
  readonly formats = [];
  readonly configured: boolean;
  readonly scaffoldBytes = scaffoldBytes;
  readonly capabilities: Capabilities = {
    streaming: 'native',
    system: 'native',
    tools: 'native',
    json_schema: 'native',
    images: 'native',
    files: 'none',
    reasoning: 'native',
    stop: 'emulated',
    max_tokens: 'emulated',
    usage: 'native',
    sessions: 'native',
  };
  readonly #program: CodexProgram | undefined;
  readonly #conversations: Conversations;
  readonly #quota = new Quota();
  #models: readonly string[] = [DEFAULT_MODEL];
  /** What keeps the installed program from serving at all; undefined until it was looked at. */
  #problem: string | undefined;
  #examined: Promise<void> | undefined;
  #refusedAt = -Infinity;
  #askedAt = -Infinity;

  constructor(
    private readonly pool: ProcessPool,
    private readonly settings: CodexCliSettings,
    @Inject(LOG) private readonly log: Log,
    @Inject(ENVIRONMENT) environment: Environment,
    server: ServerSettings,
  ) {
    const { config } = settings;
    const baseUrl = config['openai_base_url'];
    refuseOwnAddress('SHELLM_CODEX_CONFIG', typeof baseUrl === 'string' ? baseUrl : undefined, server);
    refuseSecrets('SHELLM_CODEX_CONFIG', config);
    const command = findProgram(settings.bin ?? 'codex', environment['PATH']);
    const env = pool.isolation.environment(environment, [...passedOn, ...settings.passedOn]);
    const observer = {
      rateLimits: (limits: Parameters<Quota['see']>[0]) => {
        this.#quota.see(limits);
      },
    };
    this.#program = command === undefined ? undefined : new CodexProgram(pool, command, { env, userHome: environment['CODEX_HOME'], config }, observer);
    this.configured = this.#program !== undefined;
    this.#problem = this.#program ? undefined : NOT_INSTALLED;
    this.#conversations = new Conversations(pool);
  }

  get defaultModel(): string {
    return this.#models[0] ?? DEFAULT_MODEL;
  }

  start(): void {
    if (this.#program) void this.#start(this.#program);
  }

  models(): readonly string[] {
    return this.#models;
  }

  usable(): boolean {
    return this.#whyNot() === undefined;
  }

  quota(): readonly QuotaWindow[] {
    this.#askForLimits();
    return this.#quota.windows();
  }

  get whatToDo(): string {
    return this.#whyNot() ?? NOT_LOGGED_IN;
  }

  billsSubscription(): boolean {
    return this.#program?.login().auth === 'subscription';
  }

  async status(): Promise<ProviderStatus> {
    const installed = this.#program !== undefined;
    const starting = await this.#examine().then(
      () => undefined,
      () => NOT_STARTING,
    );
    const detail = starting ?? this.#whyNot();
    const { auth } = this.#program?.login() ?? {};
    const billed = auth && { auth };
    return detail === undefined ? { status: 'ready', installed, authenticated: true, ...billed } : { status: 'unavailable', installed, authenticated: false, ...billed, detail };
  }

  installation(): Installation {
    return this.#program?.installation() ?? { command: undefined, version: undefined, keyVariable: undefined, loginFiles: [], login: undefined };
  }

  takesFormat(format: ResponseFormat): boolean {
    return format.type === 'json-schema' && isStrict(format.schema);
  }

  stream(turn: Turn): Observable<StreamEvent> {
    return slottedTurn(
      this.pool,
      turn,
      async () => ({ program: await this.#ready(turn.model), script: encodeConversation(turn.request) }),
      (prepared, subscriber, signal) => this.#run(turn, prepared, subscriber, signal),
    );
  }

  async #run(turn: Turn, { program, script }: { program: CodexProgram; script: TurnScript }, subscriber: Subscriber<StreamEvent>, signal: AbortSignal): Promise<void> {
    const fresh = (): Promise<Observable<StreamEvent>> => this.#fresh(turn, program, script, signal);
    const held = this.#conversations.take(turn.affinity);
    const live = held && this.#goOn(turn, held, script);
    const events = live ? orAfresh(live, fresh) : await fresh();
    subscriber.add(events.pipe(bufferWhilePaused(turn.flow, MAX_HELD)).subscribe(subscriber));
  }

  /** In the thread that knows the conversation; undefined where its turn waits for other things than the request brings. */
  #goOn(turn: Turn, place: Place, script: TurnScript): Observable<StreamEvent> | undefined {
    const { held, thread } = place;
    return held ? resume(held, thread, script, turn, this.#observer(turn, place)) : this.#turn(turn, place, encodeNextTurn(turn.request));
  }

  async #fresh(turn: Turn, program: CodexProgram, script: TurnScript, signal: AbortSignal): Promise<Observable<StreamEvent>> {
    const lease = await program.chats.lease(signal);
    const { spares } = lease.connection;
    try {
      const kind = { model: turn.model, instructions: script.instructions, tools: script.tools };
      const id = await spares.take(kind, signal);
      signal.throwIfAborted();
      const events = this.#turn(turn, { lease, thread: { id, counts: {} } }, script);
      return events.pipe(
        finalize(() => {
          if (lease.child.alive) spares.fill(kind);
        }),
      );
    } catch (error) {
      // One that does not even open a chat is in a bad way.
      if (isTimeout(error)) lease.condemn();
      lease.release();
      throw error instanceof GatewayError || signal.aborted ? error : notOpened(error, turn.request.tools);
    }
  }

  #turn(turn: Turn, place: Place, script: TurnScript): Observable<StreamEvent> {
    const { lease, thread } = place;
    const ended = (settled: boolean): void => {
      if (!settled) lease.condemn();
      lease.release();
    };
    return converse(lease.connection.server, thread, script, turn, { ...this.#observer(turn, place), ended }).pipe(
      tap({
        error: (error: unknown) => {
          // One model that the account may not use says nothing of the others.
          if (error instanceof GatewayError && error.message === NOT_LOGGED_IN) this.#refusedAt = performance.now();
        },
      }),
    );
  }

  #observer(turn: Turn, { lease }: Place): Omit<TurnObserver, 'ended'> {
    return {
      answered: (thread, held) => {
        this.#refusedAt = -Infinity;
        // Near what it takes for the window of a model that it does not know, the CLI would sum up the conversation.
        if (held || this.#models.includes(turn.model)) this.#conversations.keep(turn.affinity, { lease, thread, held });
      },
      retryAfter: () => this.#quota.retryAfter(),
    };
  }

  /** @throws GatewayError where the provider cannot serve, with what to do */
  async #ready(model: string): Promise<CodexProgram> {
    await this.#examine();
    const problem = this.#whyNot();
    if (!this.#program || problem !== undefined) throw new GatewayError('provider_unavailable', problem ?? NOT_INSTALLED, { retryAfter: 60, shouldRetry: false });
    if (!/^[\w.:/@-]{1,200}$/.test(model)) throw new GatewayError('model_not_found', `Codex has no model "${model.slice(0, 80)}".`, { param: 'model' });
    return this.#program;
  }

  /** Why it cannot serve; from memory, and a look at the login's file. */
  #whyNot(): string | undefined {
    if (this.#problem !== undefined || !this.#program) return this.#problem ?? NOT_INSTALLED;
    const { loggedIn, auth } = this.#program.login();
    if (!loggedIn || performance.now() - this.#refusedAt < REFUSED_MS) return NOT_LOGGED_IN;
    return auth === 'subscription' && !this.settings.subscriptions ? NO_KEY : undefined;
  }

  /** A process that runs anyway asks the vendor, in the background: each answer tells the limits too, but there may be none for a while. */
  #askForLimits(): void {
    const connection = this.#program?.chats.connection;
    if (!connection || this.#program.login().auth !== 'subscription' || performance.now() - this.#askedAt < LIMITS_EVERY_MS) return;
    this.#askedAt = performance.now();
    connection.server.readRateLimits(AbortSignal.timeout(LIMITS_TIMEOUT_MS)).catch((error: unknown) => {
      this.log.debug({ err: error }, 'Codex CLI does not tell the limits of the account');
    });
  }

  /** In the background: the server does not wait for it. */
  async #start(program: CodexProgram): Promise<void> {
    await this.#examine().catch(() => undefined); // said in the log; the next who asks tries again
    const problem = this.#whyNot();
    if (problem !== undefined) {
      this.log.warn(problem);
      return;
    }
    this.log.info(`Codex CLI is ready; ${program.login().auth === 'api_key' ? 'an API key' : 'the subscription of its login'} is billed`);
    program.chats.warmUp();
    await this.#refresh(program);
  }

  /** Newer models than those that came with the program: by a second process, which must not renew the login beside the first one. */
  async #refresh(program: CodexProgram): Promise<void> {
    if (program.login().renewalDue) return;
    try {
      const models = await program.refresh();
      if (models.length > 0) this.#models = models;
    } catch (error) {
      this.log.debug({ err: error }, 'Codex CLI does not tell its current models');
    }
  }

  /** Looks at the version and the models, once. Where that fails, the next who asks tries again. */
  #examine(): Promise<void> {
    this.#examined ??= this.#check();
    return this.#examined;
  }

  async #check(): Promise<void> {
    if (!this.#program) return;
    try {
      const version = await this.#program.version();
      if (isAtLeast(version, minimumVersions.codex)) {
        this.log.info({ version }, `${NAME} ${version}`);
        const models = await this.#program.prepare();
        if (models.length > 0) this.#models = models;
      } else {
        this.#problem = tooOld(version);
        this.log.warn({ version }, this.#problem);
      }
    } catch (error) {
      this.#examined = undefined;
      this.log.warn({ err: error }, 'Codex CLI does not tell its version or its models');
      throw new GatewayError('provider_unavailable', NOT_STARTING, { retryAfter: 60, shouldRetry: false, cause: error });
    }
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}

/** The functions are all of a new chat that its client has a say in. */
function notOpened(error: unknown, tools: readonly FunctionTool[]): GatewayError {
  if (tools.length > 0 && error instanceof JsonRpcError && error.code === INVALID_REQUEST) {
    return new GatewayError('invalid_parameter', `Codex CLI does not take the functions: ${vendorWords(error.message)}`, { param: 'tools', cause: error });
  }
  return new GatewayError('cli_failed', 'Codex CLI does not open a chat.', { cause: error });
}
