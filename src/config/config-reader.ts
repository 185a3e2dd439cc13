import { LineCounter, parseDocument } from 'yaml';
import { type AgentEntry, type FileSettings, type Price, type ServerEntry } from './file-settings.js';
import { Entry } from './file-entry.js';
import { ConfigurationError } from './settings.js';

/** Names that a server of the file cannot have: they are taken. */
const builtIn: ReadonlySet<string> = new Set(['claude', 'gemini', 'codex', 'acp', 'openai', 'cerebras', 'demo', 'shellm']);
const NAME = /^[a-z][a-z0-9-]{0,62}$/;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** A host name, `*.` before it for all below it; an address, or a range of them. */
const HOST = /^(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?$|^[0-9a-f.:]+(\/\d{1,3})?$/i;
const INIT_TIMEOUT_MS = 30_000;

/**
 * Reads what `shellm.config.yaml` says (contract, section 10).
 *
 * @param name what the file is called in errors
 * @throws ConfigurationError in one line, with the path of what is wrong
 */
export function readConfig(text: string, name: string): FileSettings {
  const root = new Entry(parse(text, name), name);
  const { aliases, providers, acp, images, callbacks, prices } = root.fields(['aliases', 'providers', 'acp', 'images', 'callbacks', 'prices']);
  const { fetch, allow } = images.fields(['fetch', 'allow']);
  return {
    aliases: aliases.map(nonEmpty, readTargets),
    providers: providers.map(serverName, readServer),
    acp: acp.map(agentName, readAgent),
    images: { fetch: fetch.flag(false), allow: readHosts(allow) },
    callbacks: { allow: readHosts(callbacks.fields(['allow']).allow) },
    prices: prices.map(modelPattern, readPrice),
  };
}

function parse(text: string, name: string): unknown {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, uniqueKeys: true, prettyErrors: false, logLevel: 'error' });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    throw new ConfigurationError(`${name}: line ${line}, column ${col}: ${(error.message.split('\n')[0] ?? '').slice(0, 300)}`);
  }
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch {
    throw new ConfigurationError(`${name}: refers to its own parts too often`);
  }
}

function readTargets(entry: Entry): readonly string[] {
  const targets = typeof entry.value === 'string' ? [entry.text()] : entry.list((target) => target.text());
  if (targets.length === 0) throw entry.wrong('must be a target or a list of targets');
  return targets;
}

function readServer(entry: Entry): ServerEntry {
  const fields = entry.fields(['base_url', 'api_key_env', 'default_model']);
  return {
    baseUrl: fields.base_url.url().replace(/\/+$/, ''),
    apiKeyEnv: fields.api_key_env.optional((value) => value.matching(VARIABLE, 'must be the name of an environment variable')),
    defaultModel: fields.default_model.optional((value) => value.text()),
  };
}

function readAgent(entry: Entry): AgentEntry {
  const fields = entry.fields(['command', 'args', 'env', 'trusted', 'files', 'default_model', 'init_timeout_ms']);
  return {
    command: fields.command.text(),
    args: fields.args.list((value) => value.string()),
    env: Object.fromEntries(fields.env.map(variableName, (value) => value.string())),
    trusted: fields.trusted.flag(false),
    files: fields.files.list((value) => value.matching(/^(~\/|\/)./, 'must be an absolute path, or begin with ~/')),
    defaultModel: fields.default_model.optional((value) => value.text()),
    initTimeoutMs: fields.init_timeout_ms.optional((value) => value.number(1, 600_000)) ?? INIT_TIMEOUT_MS,
  };
}

function readPrice(entry: Entry): Price {
  const { input, output, cached_input: cached } = entry.fields(['input', 'output', 'cached_input']);
  return { input: input.number(0, 1e6), output: output.number(0, 1e6), cachedInput: cached.optional((value) => value.number(0, 1e6)) };
}

function readHosts(entry: Entry): readonly string[] {
  return entry.list((value) => value.matching(HOST, 'must be a host name, an address or a range of addresses'));
}

function nonEmpty(name: string): string | undefined {
  return name.trim() === '' ? 'must have a name' : undefined;
}

function serverName(name: string): string | undefined {
  if (builtIn.has(name)) return 'is a name that is taken';
  return NAME.test(name) ? undefined : 'must be named in lower-case letters, digits and hyphens';
}

function agentName(name: string): string | undefined {
  return NAME.test(name) ? undefined : 'must be named in lower-case letters, digits and hyphens';
}

function variableName(name: string): string | undefined {
  return VARIABLE.test(name) ? undefined : 'must be the name of an environment variable';
}

function modelPattern(name: string): string | undefined {
  return /^[^/]+\/.+$/.test(name) ? undefined : 'must be <provider>/<model>';
}
