import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AuthStatus, hasApiKey, keyVariableOf, parseAuthStatus } from './auth-status.js';
import { authStatusProcess, chatProcess, configFolder, versionProcess } from './launch.js';
import { loginTermOf } from './login-term.js';
import { runCommand } from '../../process-pool/run-command.js';
import { parseVersion } from './version.js';
import { type Installation, type LoginTerm } from '../installation.js';
import { type ExclusivePool } from '../../process-pool/exclusive-pool.js';
import { type ProcessPool } from '../../process-pool/process-pool.js';

/** The CLI takes this long to be ready for a prompt. */
const WARM_AFTER_MS = 800;
/** An old spare answers as late as a cold one: its pages are out of the cache, its login near its end. */
const MAX_AGE_MS = 5 * 60_000;
const COMMAND_TIMEOUT_MS = 10_000;

/** The installed executable: the processes that chat, and what it tells of itself. */
export class ClaudeProgram {
  readonly chats: ExclusivePool;
  /** Whether a key is billed, whatever login there is. */
  readonly apiKey: boolean;
  readonly #env: Readonly<Record<string, string>>;
  readonly #version: ExclusivePool;
  readonly #authStatus: ExclusivePool;

  #told: string | undefined;

  constructor(
    pool: ProcessPool,
    readonly command: string,
    env: Readonly<Record<string, string>>,
  ) {
    this.#env = env;
    this.apiKey = hasApiKey(env);
    this.chats = pool.exclusive(chatProcess(command, env), { warmAfterMs: WARM_AFTER_MS, maxAgeMs: MAX_AGE_MS });
    this.#version = pool.exclusive(versionProcess(command, env), { warm: 0 });
    this.#authStatus = pool.exclusive(authStatusProcess(command, env), { warm: 0 });
  }

  /** @throws where it does not tell its version */
  async version(): Promise<string> {
    const version = parseVersion(await runCommand(this.#version, COMMAND_TIMEOUT_MS));
    if (version === undefined) throw new Error('the executable does not tell a version');
    this.#told = version;
    return version;
  }

  installation(): Installation {
    const file = join(configFolder(this.#env), '.credentials.json');
    return { command: this.command, version: this.#told, keyVariable: keyVariableOf(this.#env), loginFiles: [file], login: termIn(file) };
  }

  /** Costs a fifth of a second of CPU and no tokens. @throws where it does not tell */
  async authStatus(): Promise<AuthStatus> {
    if (this.apiKey) return { loggedIn: true, auth: 'api_key' };
    return parseAuthStatus(await runCommand(this.#authStatus, COMMAND_TIMEOUT_MS));
  }
}

/** On macOS the login is in the keychain, and there is no file. */
function termIn(file: string): LoginTerm | undefined {
  try {
    return loginTermOf(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
