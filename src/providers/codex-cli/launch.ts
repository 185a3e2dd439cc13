import { declareVariables } from '../../config/declare-variables.js';
import { type LaunchSpec } from '../../process-pool/launch-spec.js';

export const NAME = 'Codex CLI';

/** Variables of the gateway's own environment that the CLI gets, where they are set. Its home is the gateway's own. */
export const passedOn = declareVariables(['CODEX_API_KEY']);

// Where its login is; its processes have homes of their own.
declareVariables(['CODEX_HOME']);

/** The gateway's own name for OpenAI's API with a key: the built-in one tries for half a minute, and cannot be told otherwise. */
const KEY_PROVIDER = 'shellm';
const OPENAI_URL = 'https://api.openai.com/v1';

export interface ServerOptions {
  /** The file of the models as they are to be taken; undefined: as the CLI knows them. */
  readonly catalogue: string | undefined;
  /** Whether `CODEX_API_KEY` is billed. */
  readonly apiKey: boolean;
  /** The operator's own settings, which win. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** Serves many chats over stdin and stdout. */
export function serverProcess(command: string, env: Readonly<Record<string, string>>, options: ServerOptions): LaunchSpec {
  // A process that serves many has no end to what it says in all; a line is bounded as ever.
  return { name: NAME, group: 'codex', command, args: ['app-server', ...allSettings(options)], env, limits: { stdout: Infinity, stderr: Infinity } };
}

export function versionProcess(command: string, env: Readonly<Record<string, string>>): LaunchSpec {
  return { name: NAME, group: 'codex', command, args: ['--version'], env };
}

/** The models that came with the program: at once. */
export function bundledModelsProcess(command: string, env: Readonly<Record<string, string>>): LaunchSpec {
  return { name: NAME, group: 'codex', command, args: ['debug', 'models', '--bundled'], env };
}

/** The models that the account has: the vendor is asked. */
export function currentModelsProcess(command: string, env: Readonly<Record<string, string>>, options: ServerOptions): LaunchSpec {
  return { name: NAME, group: 'codex', command, args: ['debug', 'models', ...allSettings(options)], env };
}

/** Of two for the same setting the CLI takes the last. */
function allSettings(options: ServerOptions): string[] {
  return [serverSettings(options), options.config].flatMap((settings) => Object.entries(settings)).flatMap(([name, value]) => settingArguments(name, value));
}

function serverSettings({ catalogue, apiKey, config }: ServerOptions): Record<string, unknown> {
  return {
    ...(catalogue === undefined ? {} : { model_catalog_json: catalogue }),
    check_for_update_on_startup: false,
    cli_auth_credentials_store: 'file',
    analytics: { enabled: false },
    feedback: { enabled: false },
    history: { persistence: 'none' },
    ...(apiKey ? { model_provider: KEY_PROVIDER, model_providers: { [KEY_PROVIDER]: keyProvider(config['openai_base_url'] ?? OPENAI_URL) } } : {}),
  };
}

/** The key is named, never written: arguments can be read by every user of the machine. */
function keyProvider(baseUrl: unknown): object {
  return {
    name: 'OpenAI',
    base_url: baseUrl,
    env_key: 'CODEX_API_KEY',
    wire_api: 'responses',
    supports_websockets: false,
    request_max_retries: 1,
    stream_max_retries: 0,
  };
}

/** `-c a.b=value`, value as TOML. The CLI takes a name apart at every dot: a table with a name that holds one goes as a value. */
function settingArguments(name: string, value: unknown): string[] {
  if (isTable(value) && !Object.keys(value).some((key) => key.includes('.'))) {
    return Object.entries(value).flatMap(([key, inner]) => settingArguments(`${name}.${key}`, inner));
  }
  return ['-c', `${name}=${toToml(value)}`];
}

/** For texts, numbers and switches that is JSON (https://toml.io/en/v1.0.0#string). */
function toToml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toToml).join(',')}]`;
  if (!isTable(value)) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, inner]) => `${JSON.stringify(key)}=${toToml(inner)}`)
    .join(',')}}`;
}

function isTable(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
