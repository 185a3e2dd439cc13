import { Inject, Injectable } from '@nestjs/common';
import { type Observable, type Subscriber, tap } from 'rxjs';
import { NO_KEY, NOT_INSTALLED, NOT_LOGGED_IN, NOT_STARTING, tooOld } from './advice.js';
import { ClaudeProgram } from './claude-program.js';
import { Conversations, type ConversationProcess, type KeptProcess } from './conversations.js';
import { converse } from './converse.js';
import { encodeConversation, nextTurnOf, resultsOf, type TurnScript } from './encode-turn.js';
import { LOGIN_TOKEN, NAME, passedOn, switches } from './launch.js';
import { locate } from '../../process-pool/locate.js';
import { Login } from './login.js';
import { DEFAULT_MODEL, isClaudeModel, models } from './models.js';
import { Quota } from './quota.js';
import { scaffoldBytes } from './scaffold-bytes.js';
import { ClaudeCodeSettings } from './settings.js';
import { takesSchema } from './takes-schema.js';
import { ENVIRONMENT, type Environment } from '../../config/environment.js';
import { refuseOwnAddress } from '../../config/own-address.js';
import { ServerSettings } from '../../config/server-settings.js';
import { type Capabilities } from '../../kernel/capabilities.js';
import { type ResponseFormat } from '../../kernel/completion-request.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type QuotaWindow } from '../../kernel/quota.js';
import { type StreamEvent } from '../../kernel/stream-event.js';
import { LOG, type Log } from '../../observability/log.js';
import { ProcessPool } from '../../process-pool/process-pool.js';
import { type Installation } from '../installation.js';
import { isAtLeast, minimumVersions } from '../minimum-versions.js';
import { type Asker, ClientSchemas } from '../../schema-worker/client-schemas.js';
import { orAfresh } from '../or-afresh.js';
import { type Provider, type ProviderStatus, type Turn } from '../provider.js';
import { slottedTurn } from '../slotted-turn.js';

/** Claude Code as a plain chat model: a process per conversation, started before its request is known. */
@Injectable()
export class ClaudeCodeProvider implements Provider {
  readonly id = 'claude';
  readonly kind = 'cli';
  readonly defaultModel = DEFAULT_MODEL;
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
    files: 'native',
    reasoning: 'native',
    stop: 'emulated',
    max_tokens: 'native',
    usage: 'native',
    sessions: 'native',
  };
  readonly #program: ClaudeProgram | undefined;
  readonly #conversations: Conversations;
  readonly #login: Login;
  readonly #quota = new Quota();
  /** What keeps the installed program from serving at all; undefined until it was looked at. */
  #problem: string | undefined;
  #examined: Promise<void> | undefined;

  constructor(
    private readonly pool: ProcessPool,
    settings: ClaudeCodeSettings,
    @Inject(LOG) private readonly log: Log,
    @Inject(ENVIRONMENT) environment: Environment,
    server: ServerSettings,
    private readonly schemas: ClientSchemas,
  ) {
    refuseOwnAddress('ANTHROPIC_BASE_URL', environment['ANTHROPIC_BASE_URL'], server);
    const names = [...passedOn, ...settings.passedOn].filter((name) => settings.subscriptions || name !== LOGIN_TOKEN);
    const env = pool.isolation.environment(environment, names, switches);
    const command = locate(settings.bin ?? 'claude', environment['PATH']);
    const program = command === undefined ? undefined : new ClaudeProgram(pool, command, env);
    this.#program = program;
    this.configured = program !== undefined;
    this.#problem = !program ? NOT_INSTALLED : !program.apiKey && !settings.subscriptions ? NO_KEY : undefined;
    this.#login = new Login(() => program?.authStatus() ?? Promise.reject(new Error(NOT_INSTALLED)));
    this.#conversations = new Conversations(pool.live);
  }

  start(): void {
    if (this.#program) void this.#start(this.#program);
  }

  models(): readonly string[] {
    return models;
  }

  usable(): boolean {
    return this.#problem === undefined && !this.#login.bad;
  }

  quota(): readonly QuotaWindow[] {
    return this.#quota.windows();
  }

  get whatToDo(): string {
    return this.#problem ?? NOT_LOGGED_IN;
  }

  billsSubscription(): boolean {
    return this.#program?.apiKey === false;
  }

  async status(): Promise<ProviderStatus> {
    if (!this.#program) return { status: 'unavailable', installed: false, authenticated: false, detail: NOT_INSTALLED };
    const problem = await this.#examine().then(
      () => this.#problem,
      () => NOT_STARTING,
    );
    if (problem !== undefined) return { status: 'unavailable', installed: true, authenticated: false, detail: problem };
    const login = await this.#login.status();
    if (!login) return { status: 'unavailable', installed: true, authenticated: false, detail: 'Claude Code does not tell whether it is logged in.' };
    const auth = login.auth && { auth: login.auth };
    if (!login.loggedIn) return { status: 'unavailable', installed: true, authenticated: false, ...auth, detail: NOT_LOGGED_IN };
    return { status: 'ready', installed: true, authenticated: true, ...auth };
  }

  installation(): Installation {
    return this.#program?.installation() ?? { command: undefined, version: undefined, keyVariable: undefined, loginFiles: [], login: undefined };
  }

  takesFormat(format: ResponseFormat, asker: Asker): boolean | Promise<boolean> {
    return format.type === 'json-schema' && takesSchema(format.schema, this.schemas, asker);
  }

  stream(turn: Turn): Observable<StreamEvent> {
    return slottedTurn(
      this.pool,
      turn,
      async () => ({ program: await this.#ready(turn.model), script: encodeConversation(turn.request, turn.model) }),
      (prepared, subscriber, signal) => this.#run(turn, prepared, subscriber, signal),
    );
  }

  async #run(turn: Turn, { program, script }: { program: ClaudeProgram; script: TurnScript }, subscriber: Subscriber<StreamEvent>, signal: AbortSignal): Promise<void> {
    const held = await this.#conversations.take(turn.affinity);
    if (subscriber.closed) {
      void held?.child.end('cancelled');
      return;
    }
    const next = held && goOn(held, script, turn);
    if (!next) void held?.child.end('cancelled');
    const fresh = async (): Promise<Observable<StreamEvent>> => this.#turn(turn, { child: await program.chats.take(signal), settings: script.settings }, script);
    const events = held && next ? orAfresh(this.#resumed(turn, held, next), fresh) : await fresh();
    subscriber.add(events.subscribe(subscriber));
  }

  #resumed(turn: Turn, { child }: ConversationProcess, script: TurnScript): Observable<StreamEvent> {
    return this.#turn(turn, { child, settings: script.settings }, script);
  }

  #turn(turn: Turn, process: ConversationProcess, script: TurnScript): Observable<StreamEvent> {
    const events = converse(process.child, script, turn, {
      answered: (settled) => {
        this.#login.confirmed();
        this.#conversations.keep(turn.affinity, process, settled);
      },
      rateLimit: (info) => {
        this.#quota.see(info);
      },
      noise: (lines) => {
        if (lines > 0) this.log.debug({ lines }, 'Claude Code printed lines that are not of its protocol');
      },
    });
    return events.pipe(
      tap({
        error: (error: unknown) => {
          if (error instanceof GatewayError && error.code === 'provider_unavailable') this.#login.refused();
        },
      }),
    );
  }

  /** @throws GatewayError where the provider cannot serve the model, with what to do */
  async #ready(model: string): Promise<ClaudeProgram> {
    await this.#examine();
    if (!this.#program || !this.usable()) throw new GatewayError('provider_unavailable', this.whatToDo, { retryAfter: 60, shouldRetry: false });
    if (!isClaudeModel(model)) {
      throw new GatewayError('model_not_found', `Claude has no model "${model.slice(0, 80)}". There is: ${models.join(', ')}.`, { param: 'model' });
    }
    return this.#program;
  }

  /** In the background: the server does not wait for it. */
  async #start(program: ClaudeProgram): Promise<void> {
    await this.#examine().catch(() => undefined); // said in the log; the next who asks tries again
    if (!this.usable()) return;
    const login = await this.#login.refresh();
    if (!login?.loggedIn) {
      this.log.warn(NOT_LOGGED_IN);
      return;
    }
    this.log.info(`Claude Code is ready; ${login.auth === 'api_key' ? 'an API key' : 'the subscription of its login'} is billed`);
    program.chats.warmUp();
  }

  /** Looks at the version, once. Where that fails, the next who asks tries again. */
  #examine(): Promise<void> {
    this.#examined ??= this.#checkVersion();
    return this.#examined;
  }

  async #checkVersion(): Promise<void> {
    if (!this.#program) return;
    try {
      const version = await this.#program.version();
      const problem = isAtLeast(version, minimumVersions.claude) ? undefined : tooOld(version);
      if (problem === undefined) this.log.info({ version }, `${NAME} ${version}`);
      else this.log.warn({ version }, problem);
      this.#problem ??= problem;
    } catch (error) {
      this.#examined = undefined;
      this.log.warn({ err: error }, 'Claude Code does not tell its version');
      throw new GatewayError('provider_unavailable', NOT_STARTING, { retryAfter: 60, shouldRetry: false, cause: error });
    }
  }
}

/** What a process that holds the conversation is told; undefined where it waits for other things than the request brings. */
function goOn(held: KeptProcess, script: TurnScript, { request }: Turn): TurnScript | undefined {
  return held.calls.length === 0 ? nextTurnOf(script, held.settings) : resultsOf(script, held, request);
}
