import { AppServer, type AppServerObserver } from './app-server.js';
import { leanCatalogue } from './catalogue.js';
import { CodexHome } from './codex-home.js';
import { bundledModelsProcess, currentModelsProcess, serverProcess, versionProcess } from './launch.js';
import { type Login, readLogin } from './login.js';
import { type CodexCliSettings } from './settings.js';
import { SpareThreads } from './spare-threads.js';
import { parseVersion } from './version.js';
import { type Installation } from '../installation.js';
import { packageVersion } from '../../config/package-version.js';
import { type ExclusivePool } from '../../process-pool/exclusive-pool.js';
import { type ProcessPool } from '../../process-pool/process-pool.js';
import { runCommand } from '../../process-pool/run-command.js';
import { type SharedPool } from '../../process-pool/shared-pool.js';

const COMMAND_TIMEOUT_MS = 10_000;
/** A thread keeps its memory, about a megabyte, as long as its process lives. */
const LIMITS = { maxUses: 300, maxRssBytes: 700 * 1024 ** 2, maxAgeMs: 12 * 3_600_000, connectTimeoutMs: 20_000 };

/** A process, and the threads that wait in it. */
export interface CodexConnection {
  readonly server: AppServer;
  readonly spares: SpareThreads;
}

/** The installed executable: the process that serves all chats, and what the program tells of itself. */
export class CodexProgram {
  readonly chats: SharedPool<CodexConnection>;
  readonly #home: CodexHome;
  readonly #apiKey: boolean;
  readonly #version: ExclusivePool;
  readonly #bundledModels: ExclusivePool;
  readonly #currentModels: ExclusivePool;
  #catalogue = '';
  #told: string | undefined;

  constructor(
    pool: ProcessPool,
    readonly command: string,
    { env, userHome, config }: { readonly env: Readonly<Record<string, string>>; readonly userHome: string | undefined; readonly config: CodexCliSettings['config'] },
    observer: AppServerObserver,
  ) {
    this.#home = new CodexHome(pool.isolation.folder, userHome, env['HOME'], pool.isolation.user);
    this.#apiKey = (env['CODEX_API_KEY'] ?? '') !== '';
    const own = { ...env, CODEX_HOME: this.#home.path };
    const state = {
      state: [this.#home.path],
      files: this.#apiKey ? {} : { write: [this.#home.loginFile] },
      tidy: () => {
        this.#home.tidy();
      },
    };
    this.#version = pool.exclusive({ ...versionProcess(command, own), ...state }, { warm: 0 });
    this.#bundledModels = pool.exclusive({ ...bundledModelsProcess(command, own), ...state }, { warm: 0 });
    this.#currentModels = pool.exclusive({ ...currentModelsProcess(command, own, { catalogue: undefined, apiKey: this.#apiKey, config }), ...state }, { warm: 0 });
    this.chats = pool.shared({
      launch: {
        ...serverProcess(command, own, { catalogue: this.#home.catalogue, apiKey: this.#apiKey, config }),
        ...state,
        prepare: () => {
          this.#home.trimLogs();
          return {};
        },
      },
      connect: async (child, signal) => {
        const server = await AppServer.open(child, packageVersion, observer, signal);
        return { server, spares: new SpareThreads(server) };
      },
      ...LIMITS,
    });
  }

  /** @throws where it does not tell its version */
  async version(): Promise<string> {
    this.#home.make(!this.#apiKey);
    const version = parseVersion(await runCommand(this.#version, COMMAND_TIMEOUT_MS));
    if (version === undefined) throw new Error('the executable does not tell a version');
    this.#told = version;
    return version;
  }

  installation(): Installation {
    const { term: login } = readLogin(this.#home.login(), Date.now());
    return { command: this.command, version: this.#told, keyVariable: this.#apiKey ? 'CODEX_API_KEY' : undefined, loginFiles: [this.#home.loginFile], login };
  }

  /** Writes what the CLI needs for plain chats. Resolves with the models that came with it, its preferred one first. @throws where it does not tell them */
  async prepare(): Promise<readonly string[]> {
    return this.#use(await runCommand(this.#bundledModels, COMMAND_TIMEOUT_MS));
  }

  /** Asks the vendor which models the account has; a process that serves with others is replaced. Costs no tokens. @throws where there is no answer */
  async refresh(): Promise<readonly string[]> {
    const before = this.#catalogue;
    const models = this.#use(await runCommand(this.#currentModels, 2 * COMMAND_TIMEOUT_MS));
    if (this.#catalogue !== before) this.chats.renew();
    return models;
  }

  #use(printed: string): readonly string[] {
    const { json, models } = leanCatalogue(printed);
    this.#home.writeCatalogue(json);
    this.#catalogue = json;
    return models;
  }

  /** Costs a look at a file. */
  login(): Login {
    return this.#apiKey ? { loggedIn: true, auth: 'api_key', renewalDue: false, term: undefined } : readLogin(this.#home.login(), Date.now());
  }
}
