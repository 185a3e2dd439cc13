import { encodeTranscript, type TurnScript } from './encode-turn.js';
import { NAME, routes } from './launch.js';
import { repeatedOf } from './session-file.js';
import { SessionFiles } from './session-files.js';
import { AgentConnection, type AgentSession } from '../../acp/agent-connection.js';
import { packageVersion } from '../../config/package-version.js';
import { type Log } from '../../observability/log.js';
import { type ToolSession } from '../../tool-bridge/tool-session.js';
import { type Child } from '../../process-pool/child.js';

/** For all but a turn. Milliseconds. */
const REQUEST_MS = 10_000;
/** Sessions that wait, each for one chat. */
const SPARES = 2;

/** A session that is ready for its turn, and what to say in it. */
export interface Opened {
  readonly session: AgentSession;
  readonly script: TurnScript;
}

/** One process, and the sessions that wait in it. */
export class GeminiConnection {
  readonly files: SessionFiles;
  #spares: Promise<AgentSession>[] = [];
  /** Whether the CLI took the history of a session; one that did not once gets transcripts. */
  #takesHistory = true;

  /** @throws AcpError where it is not logged in */
  static async open(child: Child, log: Log, signal: AbortSignal): Promise<GeminiConnection> {
    const agent = await AgentConnection.open(child, {
      name: NAME,
      version: packageVersion,
      timeoutMs: REQUEST_MS,
      signal,
      observer: {
        refused: (method) => {
          log.warn({ method }, 'Gemini CLI asked for what a plain completion does not need, and was refused');
        },
      },
    });
    const connection = new GeminiConnection(agent, child, log);
    // The first session tells whether there is a login, and the folder of the chats.
    const first = await connection.#newSession();
    connection.#spares.push(Promise.resolve(first));
    return connection;
  }

  /** Settles when nothing is being opened. */
  #opening: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly agent: AgentConnection,
    private readonly child: Child,
    private readonly log: Log,
  ) {
    this.files = new SessionFiles(child.folder);
  }

  /** The models that the CLI offers; without its own choice, which costs a call. */
  async models(): Promise<readonly string[]> {
    const [spare] = this.#spares;
    const { models } = (await spare) ?? (await this.#newSession());
    return models.available.filter((model) => !routes(model));
  }

  /** A session that knows the script's history and runs the model. @throws AcpError, GatewayError */
  async openFor(script: TurnScript, model: string, tools: ToolSession | undefined): Promise<Opened> {
    const opened = script.history.length === 0 ? { session: await this.#take(tools), script } : await this.#load(script, model, tools);
    const { session } = opened;
    // Any name: the vendor judges.
    if (session.models.current !== model) await this.agent.request('session/set_model', { sessionId: session.id, modelId: model });
    return opened;
  }

  /** Makes the sessions that are missing: when there is nothing more urgent. */
  fill(): void {
    while (this.#spares.length < SPARES && this.agent.alive) {
      const spare = this.#newSession();
      this.#spares.push(spare);
      spare.catch(() => {
        this.#spares = this.#spares.filter((other) => other !== spare);
      });
    }
  }

  /** One that waits knows no functions. */
  #take(tools: ToolSession | undefined): Promise<AgentSession> {
    return tools ? this.#newSession(tools) : (this.#spares.shift() ?? this.#newSession());
  }

  async #load(script: TurnScript, model: string, tools: ToolSession | undefined): Promise<Opened> {
    if (this.#takesHistory && this.agent.capabilities.loadSession) {
      let id: string | undefined;
      try {
        id = await this.files.write(script.history, model);
        const session = await this.#loadSession(id, repeatedOf(script.history), tools);
        return { session, script: { ...script, history: [] } };
      } catch (error) {
        if (id !== undefined) void this.files.remove(id);
        if (!this.agent.alive) throw error;
        this.#takesHistory = false;
        this.log.warn({ err: error }, 'Gemini CLI does not take the history of a conversation any more: it is told as one text');
      }
    }
    return { session: await this.#take(tools), script: encodeTranscript(script) };
  }

  #newSession(tools?: ToolSession): Promise<AgentSession> {
    return this.#oneByOne(() => this.agent.newSession({ cwd: this.child.folder.work, tools }));
  }

  /** The CLI answers while it still repeats the conversation, a message an update. */
  #loadSession(id: string, repeats: number, tools: ToolSession | undefined): Promise<AgentSession> {
    return this.#oneByOne(() => this.agent.loadSession(id, { cwd: this.child.folder.work, repeats, tools }));
  }

  /** Sessions that are opened at the same time wait for each other's file locks, each longer than the one before: eight take twelve seconds. */
  #oneByOne<T>(open: () => Promise<T>): Promise<T> {
    const opened = this.#opening.then(open);
    this.#opening = opened.catch(() => undefined);
    return opened;
  }
}
