import { homedir } from 'node:os';
import { join } from 'node:path';
import { hasApiKey } from './auth-status.js';
import { SERVER } from './function-server.js';
import { DEFAULT_MODEL } from './models.js';
import { declareVariables } from '../../config/declare-variables.js';
import { type LaunchSpec } from '../../process-pool/launch-spec.js';

export const NAME = 'Claude Code';

/** A subscription's login as a variable. */
export const LOGIN_TOKEN = 'CLAUDE_CODE_OAUTH_TOKEN';

/** Variables of the gateway's own environment that the CLI gets, where they are set: how it logs in and whom it calls. */
export const passedOn = declareVariables([
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_AUTH_TOKEN',
  'ANTHROPIC_BASE_URL',
  'CLAUDE_CONFIG_DIR',
  LOGIN_TOKEN,
  'CLAUDE_CODE_USE_BEDROCK',
  'CLAUDE_CODE_USE_VERTEX',
]);

/** Makes a plain chat model of an agent, whatever its user has set up for himself. */
export const switches: Readonly<Record<string, string>> = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  DISABLE_TELEMETRY: '1',
  DISABLE_AUTOUPDATER: '1',
  // The second lock, beside `client_composed`, before the files that a prompt names.
  CLAUDE_CODE_DISABLE_ATTACHMENTS: '1',
  CLAUDE_CODE_DISABLE_FILE_MENTIONS: '1',
  CLAUDE_CODE_DISABLE_CLAUDE_MDS: '1',
  CLAUDE_CODE_DISABLE_AUTO_MEMORY: '1',
  CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
  DISABLE_AUTO_COMPACT: '1',
  ENABLE_TOOL_SEARCH: 'false',
  // The client's functions under their own names, with all that is said of them.
  CLAUDE_AGENT_SDK_MCP_NO_PREFIX: '1',
  CLAUDE_CODE_MAX_MCP_DESCRIPTION_LENGTH: '1000000',
  // By itself it tries for three minutes; the client has a time limit and the gateway other providers.
  CLAUDE_CODE_MAX_RETRIES: '2',
  // Else the rest of an answer that broke off comes in one piece, without its stream.
  CLAUDE_CODE_DISABLE_NONSTREAMING_FALLBACK: '1',
};

/** No prompt and nothing of a request: a process is started before its request is known. */
const chatArguments: readonly string[] = [
  ...['-p', '--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose', '--include-partial-messages'],
  ...['--model', DEFAULT_MODEL, '--system-prompt', '', '--tools', '', '--setting-sources', '', '--strict-mcp-config', '--disable-slash-commands'],
  ...['--no-session-persistence', '--permission-mode', 'dontAsk', '--allowedTools', `mcp__${SERVER}`, '--thinking-display', 'summarized'],
];

/** Where the CLI keeps its login and settings. */
export function configFolder(env: Readonly<Record<string, string>>): string {
  return env['CLAUDE_CONFIG_DIR'] ?? join(env['HOME'] ?? homedir(), '.claude');
}

/** In a sandbox: the login, which is renewed there, and nothing of what was said on the host. */
function loginFiles(env: Readonly<Record<string, string>>): NonNullable<LaunchSpec['files']> {
  if (hasApiKey(env)) return {};
  const home = env['HOME'] ?? homedir();
  const folder = configFolder(env);
  const hide = ['projects', 'todos', 'tasks', 'plans', 'sessions', 'session-env', 'file-history', 'paste-cache', 'shell-snapshots', 'backups', 'debug', 'history.jsonl'];
  return { write: [folder, join(home, '.claude.json')], hide: hide.map((name) => join(folder, name)) };
}

export function chatProcess(command: string, env: Readonly<Record<string, string>>): LaunchSpec {
  return { name: NAME, group: 'claude', command, args: chatArguments, env, files: loginFiles(env) };
}

export function versionProcess(command: string, env: Readonly<Record<string, string>>): LaunchSpec {
  return { name: NAME, group: 'claude', command, args: ['--version'], env };
}

export function authStatusProcess(command: string, env: Readonly<Record<string, string>>): LaunchSpec {
  return { name: NAME, group: 'claude', command, args: ['auth', 'status'], env, files: loginFiles(env) };
}
