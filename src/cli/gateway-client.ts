import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailure } from './command-failure.js';
import { runningGateway } from './gateway-process.js';
import { KEY_SECRET_FILE } from '../auth/kept-secret.js';
import { issueLocalPass } from '../auth/local-pass.js';
import { Passes } from '../auth/pass.js';
import { dataDirOf } from '../config/data-dir-path.js';
import { type Environment } from '../config/environment.js';
import { readEnvironment } from '../config/read-environment.js';

/** A gateway that a command asks. */
export class GatewayClient {
  /**
   * The gateway of a URL, else the one that runs on the data folder.
   *
   * @throws CommandFailure where there is none
   */
  static find(url?: string): GatewayClient {
    const { environment } = readEnvironment();
    const own = runningGateway(dataDirOf(environment))?.url;
    const target = url ?? own;
    if (target === undefined) throw new CommandFailure('no gateway runs here; `shellm start` starts one, --url names another');
    const parsed = URL.parse(target);
    if (!parsed || !/^https?:$/.test(parsed.protocol)) throw new CommandFailure('--url must be a URL such as http://127.0.0.1:6100');
    return new GatewayClient(target, environment, own !== undefined && parsed.origin === new URL(own).origin);
  }

  /** @param isOwn it is the one of our data folder: nobody else is shown a pass */
  private constructor(
    readonly url: string,
    private readonly environment: Environment,
    private readonly isOwn: boolean,
  ) {}

  /** @param path `/v1/models`; @throws CommandFailure in one line: what the gateway says, or that there is none */
  async ask(path: string, { body, signal }: { readonly body?: object; readonly signal?: AbortSignal } = {}): Promise<Response> {
    const response = await this.#send(path, body, signal);
    if (response.ok) return response;
    const message = messageIn(await response.text());
    if (response.status !== 401) throw new CommandFailure(message ?? `the gateway answers with status ${response.status}`);
    throw new CommandFailure(`${message ?? 'the gateway asks for a key.'} ${(this.environment['SHELLM_API_KEY'] ?? '') === '' ? 'Set SHELLM_API_KEY.' : 'Check SHELLM_API_KEY.'}`);
  }

  async #send(path: string, body: object | undefined, signal: AbortSignal | undefined): Promise<Response> {
    const key = this.#key();
    try {
      return await fetch(new URL(path, this.url), {
        method: body ? 'POST' : 'GET',
        redirect: 'error',
        headers: { ...(body && { 'content-type': 'application/json' }), ...(key !== undefined && { authorization: `Bearer ${key}` }) },
        ...(body && { body: JSON.stringify(body) }),
        ...(signal && { signal }),
      });
    } catch (error) {
      signal?.throwIfAborted();
      const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
      throw new CommandFailure(`no gateway answers at ${this.url} (${code ?? (error as Error).message}); \`shellm start\` starts one`);
    }
  }

  /** That of the environment, else a pass for this machine. */
  #key(): string | undefined {
    const key = this.environment['SHELLM_API_KEY']?.trim();
    if (key !== undefined && key !== '') return key;
    const secret = this.isOwn ? this.#secret() : undefined;
    return secret === undefined ? undefined : issueLocalPass(new Passes(secret), Date.now());
  }

  #secret(): string | undefined {
    const secret = this.environment['SHELLM_KEY_SECRET'];
    if (secret !== undefined && secret !== '') return secret;
    try {
      return readFileSync(join(dataDirOf(this.environment), KEY_SECRET_FILE), 'utf8').trim();
    } catch {
      return undefined; // it is another user's
    }
  }
}

function messageIn(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { readonly error?: { readonly message?: unknown } };
    return typeof error?.message === 'string' ? error.message.replace(/\s+/g, ' ') : undefined;
  } catch {
    return undefined;
  }
}
